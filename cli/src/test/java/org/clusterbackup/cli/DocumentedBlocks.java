package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Commands of a page of {@code docs/operations}, to be run as they stand there. */
final class DocumentedBlocks {
    private static final Pattern SECTION = Pattern.compile("(?m)^## (.*)\\n");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh$\\n(.*?)^```$");

    private DocumentedBlocks() {}

    static List<String> of(String page) throws IOException {
        return blocks(text(page));
    }

    /** Sections that have commands, by their titles. */
    static Map<String, List<String>> sections(String page) throws IOException {
        var sections = new LinkedHashMap<String, List<String>>();
        var parts = SECTION.splitWithDelimiters(text(page), 0);
        for (var part = 1; part < parts.length; part += 2) {
            var blocks = blocks(parts[part + 1]);
            if (!blocks.isEmpty()) {
                sections.put(parts[part].substring("## ".length()).strip(), blocks);
            }
        }
        return sections;
    }

    private static String text(String page) throws IOException {
        return Files.readString(Path.of("../docs/operations", page));
    }

    private static List<String> blocks(String text) {
        return BLOCK.matcher(text).results().map(block -> block.group(1)).toList();
    }
}
