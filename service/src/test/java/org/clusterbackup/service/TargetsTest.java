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

    @Test
    void theFirstThatIsForASourceSaysWhatStagingKeepsOfIt() throws Exception {
        var targets = read("""
                targets: [{name: a}]
                staging:
                  - {sources: ["brick/huge/0/*"], keep: newest}
                  - {sources: ["brick/huge/*", "brick/other/*"], keep: index}
                """);

        assertThat(targets.keepsIndexOnly("brick/huge/1/node-a")).isTrue();
        assertThat(targets.keepsIndexOnly("brick/other/0/node-a")).isTrue();
        assertThat(targets.keepsIndexOnly("brick/huge/0/node-a")).isFalse();
        assertThat(targets.keepsIndexOnly("etcd/main")).isFalse();
        assertThat(Targets.named(List.of("a")).keepsIndexOnly("etcd/main")).isFalse();
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
            {targets: [{name: a}], staging: [{keep: index}]}                      | staging[0].sources is empty
            {targets: [{name: a}], staging: [{sources: ['*']}]}                   | staging[0].keep is missing
            {targets: [{name: a}], staging: [{sources: ['*'], keep: all}]}        | staging[0].keep is neither index nor newest: all
            {targets: [{name: a}], staging: [{sources: ['A B'], keep: index}]}    | staging[0].sources has no pattern
            {targets: [{name: a}], staging: [{sources: ['*'], kepp: index}]}      | staging[0].kepp is not known
            {targets: [{name: a}], staging: index}                                | staging is not a list
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
