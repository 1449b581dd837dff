package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.testing.FaultyStore;
import org.clusterbackup.repository.store.testing.FaultyStore.Fault;
import org.clusterbackup.repository.store.testing.FaultyStore.Method;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("NullAway.Init") // made by JUnit and before each test
class RetryingStoreTest {
    private static final Fault UNREACHABLE = new Fault.Before(Kind.UNREACHABLE);
    private static final Fault ANSWER_LOST = new Fault.After(Kind.UNREACHABLE);

    @TempDir
    private Path directory;

    private final FakeClock clock = new FakeClock();
    private FaultyStore faulty;
    private ObjectStore store;

    @BeforeEach
    void openStore() throws Exception {
        faulty = new FaultyStore(new DirectoryStore(directory));
        store = new RetryingStore(faulty, new Retries(Duration.ofSeconds(30), new Random(1), clock));
    }

    @Test
    void whatGotNoAnswerIsRepeated() throws Exception {
        faulty.next(Method.CREATE, UNREACHABLE, UNREACHABLE, UNREACHABLE);

        assertThat(store.create("a/b", Body.of("x")).existed()).isFalse();
    }

    @Test
    void aCreationWhoseAnswerWasLostIsFoundDone() throws Exception {
        faulty.next(Method.CREATE, ANSWER_LOST);

        assertThat(store.create("a/b", Body.of("x")).existed()).isTrue();
    }

    @Test
    void aDeletionWhoseAnswerWasLostIsDone() throws Exception {
        store.create("a/b", Body.of("x"));
        faulty.next(Method.DELETE, ANSWER_LOST);

        store.delete("a/b");

        assertThat(store.stat("a/b")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"NOT_PERMITTED", "NOT_FOUND", "DAMAGED", "NO_REPOSITORY", "NO_SPACE", "FAILED"})
    void whatARepetitionCannotCureIsNotRepeated(Kind kind) {
        faulty.next(Method.CREATE, new Fault.Before(kind));

        assertThatThrownBy(() -> store.create("a/b", Body.of("x")))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(kind));
        assertThat(faulty.calls()).hasSize(1);
    }

    @Test
    void itEndsWhenTheTimeIsOver() {
        faulty.always(Method.STAT, name -> true, UNREACHABLE);

        assertThatThrownBy(() -> store.stat("a/b")).isInstanceOf(BackupException.class);

        assertThat(clock.slept()).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(30));
    }

    @Test
    void whoHasAnsweredIsWaitedForLonger() throws Exception {
        var told = new ArrayList<String>();
        var waiting = new Retries.Waiting() {
            @Override
            public void pauses(BackupException failure, Duration atMost) {
                told.add("pauses");
            }

            @Override
            public void answered() {
                told.add("answered");
            }
        };
        var patient = new RetryingStore(
                faulty, new Retries(Duration.ofSeconds(30), Duration.ofMinutes(30), new Random(1), clock, waiting));

        // Given one that never answered
        faulty.always(Method.STAT, name -> true, UNREACHABLE);
        assertThatThrownBy(() -> patient.stat("a/b")).isInstanceOf(BackupException.class);
        var first = clock.slept();
        assertThat(first).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(30));

        // When it has answered something
        patient.create("a/b", Body.of("x"));
        assertThat(told).containsOnlyOnce("answered").endsWith("pauses", "answered");

        // Then
        assertThatThrownBy(() -> patient.stat("a/b")).isInstanceOf(BackupException.class);
        assertThat(clock.slept().minus(first)).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(30));
    }

    @Test
    void pausesGrowAndStayBelowTheirLimit() {
        faulty.always(Method.STAT, name -> true, UNREACHABLE);
        assertThatThrownBy(() -> store.stat("a/b")).isInstanceOf(BackupException.class);

        var limit = Duration.ofMillis(200);
        for (var pause : clock.pauses) {
            assertThat(pause).isLessThanOrEqualTo(limit);
            limit = limit.multipliedBy(2);
        }
    }

    @Test
    void withoutTimeNothingIsRepeated() {
        var once = new RetryingStore(faulty, new Retries(Duration.ZERO, new Random(1), clock));
        faulty.next(Method.STAT, UNREACHABLE);

        assertThatThrownBy(() -> once.stat("a/b")).isInstanceOf(BackupException.class);
        assertThat(faulty.calls()).hasSize(1);
    }

    @Test
    void aReadThatBreaksGoesOnWhereItBroke() throws Exception {
        store.create("a/b", Body.of("0123456789"));
        faulty.next(Method.OPEN, new Fault.Break(3), new Fault.Break(0), UNREACHABLE, new Fault.Break(4));

        try (var in = store.open("a/b")) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("0123456789");
        }
    }

    @Test
    void aBrokenRangeGoesOnToItsEndAndNoFurther() throws Exception {
        store.create("a/b", Body.of("0123456789"));
        faulty.next(Method.OPEN, new Fault.Break(2));

        try (var in = store.open("a/b", 3, 5)) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("34567");
        }
    }

    @Test
    void aReadThatIsNotAllowedToGoOnFails() throws Exception {
        store.create("a/b", Body.of("0123456789"));
        faulty.next(Method.OPEN, new Fault.Break(3), new Fault.Before(Kind.NOT_PERMITTED));

        try (var in = store.open("a/b")) {
            assertThatThrownBy(in::readAllBytes).isInstanceOfSatisfying(IOException.class, e -> assertThat(
                            store.broken("a/b", e).kind())
                    .isEqualTo(Kind.NOT_PERMITTED));
        }
    }

    @Test
    void aListThatFailsAtItsBeginIsRepeated() throws Exception {
        store.create("a/b", Body.of("x"));
        faulty.next(Method.LIST, UNREACHABLE);
        var names = new ArrayList<String>();

        store.list("", info -> names.add(info.name()));

        assertThat(names).containsExactly("a/b");
    }

    @Test
    void aListThatBreaksInItsMiddleFailsAndShowsNothingTwice() throws Exception {
        store.create("a/b", Body.of("x"));
        store.create("a/c", Body.of("x"));
        faulty.next(Method.LIST, ANSWER_LOST);
        var names = new ArrayList<String>();

        assertThatThrownBy(() -> store.list("", info -> names.add(info.name()))).isInstanceOf(BackupException.class);
        assertThat(names).hasSize(1);
    }

    private static final class FakeClock implements Retries.Clock {
        private final List<Duration> pauses = new ArrayList<>();

        Duration slept() {
            return pauses.stream().reduce(Duration.ZERO, Duration::plus);
        }

        @Override
        public long nanos() {
            return slept().toNanos();
        }

        @Override
        public void sleep(Duration time) {
            pauses.add(time);
        }
    }
}
