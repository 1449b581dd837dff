package org.clusterbackup.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("full")
class FiveMembersIT extends ClusterContract {
    FiveMembersIT(@TempDir Path folder) throws Exception {
        super(folder, 5);
    }

    @Test
    void twoMembersAwayLeaveAQuorumAndThreeDoNot() throws Exception {
        var all = etcd.cluster().endpoints();
        try {
            etcd.kill(all.get(0));
            etcd.kill(all.get(1));
            // The leader may have been one of them: until another is elected, members see none.
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(
                            () -> assertThat(etcd.cluster().survey().members()).hasSize(3));

            etcd.kill(all.get(2));
            assertThatThrownBy(() -> etcd.cluster().survey())
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
        } finally {
            etcd.restart(all.subList(0, 3));
        }
    }
}
