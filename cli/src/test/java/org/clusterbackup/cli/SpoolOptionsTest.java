package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SpoolOptionsTest {
    private static Path spool(Map<String, String> environment, String... args) {
        var options = new SpoolOptions();
        new CommandLine(options).parseArgs(args);
        return options.spool(environment);
    }

    @Test
    void theOptionComesFirstThenOurVariableThenThatOfAllPrograms() {
        var both = Map.of("CLUSTERBACKUP_SPOOL", "/ours", "TMPDIR", "/all");

        assertThat(spool(both, "--spool", "/option")).isEqualTo(Path.of("/option"));
        assertThat(spool(both)).isEqualTo(Path.of("/ours"));
        assertThat(spool(Map.of("CLUSTERBACKUP_SPOOL", "", "TMPDIR", "/all"))).isEqualTo(Path.of("/all"));
        assertThat(spool(Map.of())).isEqualTo(Path.of("/tmp"));
    }
}
