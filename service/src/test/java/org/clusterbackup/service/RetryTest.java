package org.clusterbackup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;

class RetryTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final RandomGenerator NEVER_SHORTER = () -> 0L;

    private final List<Duration> pauses = new ArrayList<>();
    private Instant now = START;
    private final Retry retry =
            new Retry(Duration.ofSeconds(1), Duration.ofSeconds(5), new Now(), NEVER_SHORTER, time -> {
                pauses.add(time);
                now = now.plus(time);
            });

    /** The clock that pauses move on. */
    private final class Now extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @Test
    void pausesGrowToTheLongestUntilItSucceeds() throws Exception {
        var failures = new ArrayList<Kind>();
        var answer = retry.until(
                START.plusSeconds(3600),
                () -> {
                    if (pauses.size() < 5) {
                        throw new BackupException(Kind.UNREACHABLE, "away");
                    }
                    return "there";
                },
                (failure, _) -> failures.add(failure.kind()));

        assertThat(answer).isEqualTo("there");
        assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 5L, 5L);
        assertThat(failures).hasSize(5);
    }

    @Test
    void whatIsNotRetryableEndsAtOnce() {
        assertThatThrownBy(() -> retry.until(
                        START.plusSeconds(3600),
                        () -> {
                            throw new BackupException(Kind.SIGNATURE, "wrong");
                        },
                        (_, _) -> {}))
                .isInstanceOf(BackupException.class);
        assertThat(pauses).isEmpty();
    }

    @Test
    void noAttemptBeginsAfterTheDeadline() {
        assertThatThrownBy(() -> retry.until(
                        START.plusSeconds(4),
                        () -> {
                            throw new BackupException(Kind.UNREACHABLE, "away");
                        },
                        (_, _) -> {}))
                .isInstanceOf(BackupException.class);
        assertThat(now).isBefore(START.plusSeconds(4));
    }
}
