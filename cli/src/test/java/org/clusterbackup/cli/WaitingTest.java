package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;

class WaitingTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicLong seconds = new AtomicLong(1000);
    private final Waiting waiting = new Waiting(
            new Console(OutputStream.nullOutputStream(), err, Map.of()), () -> seconds.get() * 1_000_000_000L);

    private void waits(int after) {
        seconds.addAndGet(after);
        waiting.waits("sftp://vault", new BackupException(Kind.UNREACHABLE, "refused"), Duration.ofMinutes(20));
    }

    private List<String> said() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void aShortSilenceIsNotWorthALine() {
        waits(0);
        waits(4);
        waiting.answers("sftp://vault");
        waits(3);

        assertThat(said()).isEmpty();
    }

    @Test
    void aLongOneIsToldNowAndThenUntilItIsOver() {
        waits(0);
        for (var each = 0; each < 9; each++) {
            waits(5);
        }
        waiting.answers("sftp://vault");
        waiting.answers("sftp://vault");

        assertThat(said())
                .containsExactly(
                        "sftp://vault does not answer (refused); tried for 5 s, goes on when it is back, for 20 min 0 s"
                                + " more at most; Ctrl-C ends it",
                        "sftp://vault does not answer (refused); tried for 35 s, goes on when it is back, for 20 min 0 s"
                                + " more at most; Ctrl-C ends it",
                        "sftp://vault answers again, after 45 s: going on");
    }
}
