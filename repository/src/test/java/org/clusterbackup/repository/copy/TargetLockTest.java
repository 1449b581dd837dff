package org.clusterbackup.repository.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.testing.FaultyStore;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetLockTest {
    private final ObjectStore store;

    TargetLockTest(@TempDir Path directory) throws BackupException {
        store = new DirectoryStore(directory);
    }

    @Test
    void oneHoldsItAndTheOtherIsToldWho() throws Exception {
        try (var lock = acquire("one")) {
            lock.requireHeld();
            assertThatThrownBy(() -> acquire("two"))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUSY))
                    .hasMessageContaining("locked by one");
        }
    }

    @Test
    void whatIsGivenBackCanBeTaken() throws Exception {
        acquire("one").close();

        acquire("two").close();

        assertThat(store.stat("lock")).isEmpty();
    }

    @Test
    void aLapsedOneIsTakenOverAndItsOwnerNoticesAndDoesNotGiveItBack() throws Exception {
        var dead = TargetLock.acquire(store, "dead", Duration.ofMinutes(-10), Duration.ZERO);

        try (var lock = acquire("heir")) {
            assertThatThrownBy(dead::requireHeld).isInstanceOf(BackupException.class);
            dead.close();
            lock.requireHeld();
        }
    }

    @Test
    void whatADeadOwnerLeftIsTakenOverThoughItsClockIsWrong() throws Exception {
        // Given a lock that lapses tomorrow by the clock of somebody who renews it no more
        var now = Instant.now();
        store.create(
                "lock",
                Body.of("{\"owner\": \"dead\", \"since\": \"%s\", \"until\": \"%s\"}"
                        .formatted(now.plusSeconds(86_400), now.plusSeconds(86_401))));

        try (var lock = TargetLock.acquire(store, "heir", Duration.ofMinutes(1), Duration.ofSeconds(20))) {
            lock.requireHeld();
        }
    }

    @Test
    void whoeverLivesKeepsItBeyondItsLease() throws Exception {
        var quick = new MemoryStore();
        try (var lock = TargetLock.acquire(quick, "one", Duration.ofSeconds(4), Duration.ZERO)) {
            assertThatThrownBy(() -> TargetLock.acquire(quick, "two", Duration.ofMinutes(1), Duration.ofSeconds(9)))
                    .hasMessageContaining("locked by one");
            lock.requireHeld();
        }
    }

    @Test
    void anUnreadableOneIsTakenOver() throws Exception {
        store.create("lock", Body.of("garbage"));

        try (var lock = acquire("heir")) {
            lock.requireHeld();
        }
    }

    @Test
    void whereNothingMayBeDeletedItIsGivenBackAndTakenAgain() throws Exception {
        var keeping = new FaultyStore(store)
                .always(FaultyStore.Method.DELETE, _ -> true, new FaultyStore.Fault.Before(Kind.NOT_PERMITTED));
        TargetLock.acquire(keeping, "one", Duration.ofMinutes(1), Duration.ZERO).close();

        try (var lock = TargetLock.acquire(keeping, "two", Duration.ofMinutes(1), Duration.ZERO)) {
            lock.requireHeld();
            assertThatThrownBy(() -> TargetLock.acquire(keeping, "three", Duration.ofMinutes(1), Duration.ZERO))
                    .hasMessageContaining("locked by two");
        }
    }

    private TargetLock acquire(String owner) throws BackupException {
        return TargetLock.acquire(store, owner, Duration.ofMinutes(1), Duration.ZERO);
    }
}
