package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Commands of a page of {@code docs/operations}, to be run as they stand there. */
final class DocumentedBlocks {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh$\\n(.*?)^```$");

    private DocumentedBlocks() {}

    static List<String> of(String page) throws IOException {
        return BLOCK.matcher(Files.readString(Path.of("../docs/operations", page)))
                .results()
                .map(block -> block.group(1))
                .toList();
    }
}
