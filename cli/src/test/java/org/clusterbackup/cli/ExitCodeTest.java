package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
    private static final Pattern ROW = Pattern.compile("\\| ([0-9]+) \\| (`[A-Z_`, ]+`) \\| (.*) \\|");

    @Test
    void theTableForPeopleIsTheRegistry() throws IOException {
        var documented = new TreeMap<String, Integer>();
        for (var line : Files.readAllLines(Path.of("../docs/configuration.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                Arrays.stream(row.group(2).split(", "))
                        .forEach(kind -> documented.put(kind.replace("`", ""), Integer.valueOf(row.group(1))));
            }
        }

        var registered = new TreeMap<String, Integer>();
        for (var kind : Kind.values()) {
            registered.put(kind.name(), kind.exitCode());
        }
        assertThat(documented).isEqualTo(registered);
    }

    @Test
    void theTableForPeopleSaysWhatTheRegistryMeans() throws IOException {
        var registered = Arrays.stream(Kind.values()).collect(Collectors.toMap(Kind::name, Kind::meaning));
        for (var line : Files.readAllLines(Path.of("../docs/configuration.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                var first = row.group(2).split(",")[0].replace("`", "");
                assertThat(row.group(3)).as(first).isEqualTo(registered.get(first));
            }
        }
    }

    @Test
    void ofSeveralFindingsTheGravestIsTheCode() {
        var findings = new Findings();
        findings.add(Kind.WARNINGS);
        assertThat(findings.exitCode()).isEqualTo(3);
        findings.add(Kind.NO_KEY);
        assertThat(findings.exitCode()).isEqualTo(12);
        findings.add(Kind.DAMAGED);
        assertThat(findings.exitCode()).isEqualTo(14);
        findings.add(Kind.SIGNATURE);
        assertThat(findings.exitCode()).isEqualTo(13);
        findings.add(Kind.UNKNOWN_FORMAT);
        assertThat(findings.exitCode()).isEqualTo(15);
    }

    @Test
    void noFindingIsSuccess() {
        assertThat(new Findings().exitCode()).isZero();
    }
}
