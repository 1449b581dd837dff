package org.clusterbackup.cli.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.clusterbackup.cli.recover.BrickFacts;
import org.clusterbackup.cli.recover.Situations;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a set's servers; in the acceptance tests real ones answer. */
class LivePartnersTest {
    @TempDir
    Path folder = Path.of("unset");

    /** Answers as GlusterFS 10.3 does, with that status of the second brick of the first set. */
    private String gluster(String host, String status) throws IOException {
        return program("""
                [ "$1" = --remote-host=%s ] || exit 1
                cat <<END
                <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
                <cliOutput><opRet>0</opRet><volStatus><volumes><volume><volName>gv0</volName><nodeCount>7</nodeCount>
                <node><hostname>node-a.example</hostname><path>/media/brick0/brick</path><status>0</status><port>N/A</port></node>
                <node><hostname>node-b.example</hostname><path>/media/brick0/brick</path><status>%s</status><port>50509</port></node>
                <node><hostname>node-a.example</hostname><path>/media/brick1/brick</path><status>1</status><port>50510</port></node>
                </volume></volumes></volStatus></cliOutput>
                END
                """.formatted(host, status));
    }

    private String program(String script) throws IOException {
        var file = folder.resolve("gluster");
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    private static BrickFacts brick(int index) {
        return Situations.whole().make().bricks().get(index);
    }

    @Test
    void aBrickOfTheSetThatIsAliveIsNamed() throws IOException {
        var gluster = gluster("node-c.example", "1");

        assertThatThrownBy(() -> LivePartners.requireNone(brick(0), gluster))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TARGET_UNFIT))
                .hasMessageContaining("node-b.example:/media/brick0/brick of volume gv0 is alive");
    }

    @Test
    void bricksThatAreDownOrOfAnotherSetDoNotCount() throws IOException {
        var gluster = gluster("node-a.example", "0");

        assertThatCode(() -> LivePartners.requireNone(brick(0), gluster)).doesNotThrowAnyException();
    }

    @Test
    void whoDoesNotAnswerIsNamed() throws Exception {
        var gluster = program("exit 1");

        for (var nobody : List.of(gluster, "/no/such/program")) {
            assertThat(LivePartners.requireNone(brick(0), nobody))
                    .containsExactly("node-a.example", "node-b.example", "node-c.example");
        }
    }

    @Test
    void anAnswerThatIsNoneIsAnError() throws IOException {
        var gluster = program("echo '<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>'");

        assertThatThrownBy(() -> LivePartners.requireNone(brick(0), gluster)).isInstanceOf(BackupException.class);
    }
}
