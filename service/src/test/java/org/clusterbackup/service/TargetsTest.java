package org.clusterbackup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetsTest {
    @TempDir
    Path folder = Path.of("");

    private Targets read(String text) throws Exception {
        return Targets.read(Files.writeString(folder.resolve("targets.yaml"), text));
    }

    @Test
    void namesAreReadInTheirOrder() throws Exception {
        assertThat(read("targets:\n  - name: house-b\n    url: sftp://h/x\n  - name: cloud\n")
                        .names())
                .containsExactly("house-b", "cloud");
    }

    @Test
    void jsonIsReadToo() throws Exception {
        assertThat(read("{\"targets\": [{\"name\": \"a\"}]}").names()).isEqualTo(List.of("a"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            targets: []                              | targets is empty
            {}                                       | targets is empty
            target: [{name: a}]                      | target is not known
            targets: [{name: A}]                     | targets[0].name is not a target's name
            targets: [{url: x}]                      | targets[0].name is missing
            targets: [{name: a}, {name: a}]          | targets[1].name is there twice: a
            targets: [{name: a, uri: x}]             | targets[0].uri is not known
            targets: {name: a}                       | targets is not a list
            [                                        | not YAML
            """)
    void whatIsWrongIsOneLineWithFileAndKey(String text, String key) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("targets.yaml: " + key)
                .message()
                .doesNotContain("\n");
    }
}
