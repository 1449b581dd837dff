package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.StoreListener.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // made by JUnit
class DecoratorsTest {
    private static final int RATE = 100_000;

    @TempDir
    private Path directory;

    @Test
    void anUploadTakesTheTimeOfItsRate() throws Exception {
        var clock = new CountingClock();
        try (var store = new LimitedStore(new DirectoryStore(directory), new RateLimit(RATE, clock), null)) {
            store.create("a/b", Body.of(new byte[10 * RATE]));
        }

        assertThat(clock.slept()).isBetween(Duration.ofMillis(9700), Duration.ofMillis(10_000));
    }

    @Test
    void aDownloadTakesTheTimeOfItsRate() throws Exception {
        var clock = new CountingClock();
        try (var store = new LimitedStore(new DirectoryStore(directory), null, new RateLimit(RATE, clock))) {
            store.create("a/b", Body.of(new byte[10 * RATE]));
            assertThat(clock.slept()).isZero();
            try (var in = store.open("a/b")) {
                in.readAllBytes();
            }
        }

        assertThat(clock.slept()).isBetween(Duration.ofMillis(9700), Duration.ofMillis(10_000));
    }

    @Test
    void aListenerIsToldOfBytesAndFailures() throws Exception {
        record Told(Operation operation, long bytes, Optional<Kind> failure) {}
        var told = new ArrayList<Told>();
        try (var store = new MeteredStore(
                new DirectoryStore(directory),
                (operation, bytes, nanos, failure) -> told.add(new Told(operation, bytes, failure)))) {
            store.create("a/b", Body.of("12345"));
            store.create("a/b", Body.of("12345"));
            try (var in = store.open("a/b", 1, 3)) {
                in.readAllBytes();
            }
            assertThatThrownBy(() -> store.open("a/none")).isInstanceOf(BackupException.class);
        }

        assertThat(told)
                .isEqualTo(List.of(
                        new Told(Operation.CREATE, 5, Optional.empty()),
                        new Told(Operation.CREATE, 0, Optional.empty()),
                        new Told(Operation.READ, 3, Optional.empty()),
                        new Told(Operation.READ, 0, Optional.of(Kind.NOT_FOUND))));
    }

    private static final class CountingClock implements Retries.Clock {
        private final AtomicLong nanos = new AtomicLong();

        Duration slept() {
            return Duration.ofNanos(nanos.get());
        }

        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public void sleep(Duration time) {
            nanos.addAndGet(time.toNanos());
        }
    }
}
