package org.clusterbackup.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where working files lie. */
final class SpoolOptions {
    private static final String VARIABLE = "CLUSTERBACKUP_SPOOL";
    private static final Path LAST_RESORT = Path.of("/tmp");

    @Option(
            names = "--spool",
            paramLabel = "DIR",
            description = "Where working files lie (default: $" + VARIABLE + ", $TMPDIR, /tmp).")
    private @Nullable Path directory;

    Path spool(Map<String, String> environment) {
        return Optional.ofNullable(directory)
                .or(() -> Stream.of(VARIABLE, "TMPDIR")
                        .map(name -> environment.getOrDefault(name, ""))
                        .filter(text -> !text.isBlank())
                        .map(Path::of)
                        .findFirst())
                .orElse(LAST_RESORT);
    }
}
