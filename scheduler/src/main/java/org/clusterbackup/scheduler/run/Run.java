package org.clusterbackup.scheduler.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupRequest;
import org.jspecify.annotations.Nullable;

/** One run at every declared target. Its events may come before its request when they are replayed. Not thread-safe. */
final class Run {
    private final String id;
    private final Map<String, RunState> states = new LinkedHashMap<>();
    private final Map<String, Instant> dueSent = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();
    private @Nullable BackupRequest request;

    Run(String id, List<String> targets) {
        this.id = id;
        targets.forEach(target -> states.put(target, RunState.start()));
    }

    String id() {
        return id;
    }

    Optional<BackupRequest> request() {
        return Optional.ofNullable(request);
    }

    /** The first record of a run counts; the same run requested again changes nothing. */
    void requested(BackupRequest by) {
        if (request == null || by.requested().isBefore(request.requested())) {
            request = by;
        }
    }

    /** @param target empty for every target */
    void apply(Optional<String> target, String source, BackupEvent event) {
        seen.add(source);
        states.replaceAll((name, state) -> target.isEmpty() || target.get().equals(name) ? state.apply(event) : state);
    }

    void reached(RecoveryPoint point) {
        states.computeIfPresent(point.target(), (_, state) -> state.reached(point));
    }

    void dueSent(String target, Instant at) {
        dueSent.merge(target, at, (a, b) -> a.isAfter(b) ? a : b);
    }

    Map<String, RunState> states() {
        return Map.copyOf(states);
    }

    /** What is announced and wanted, and whatever else showed up in the run. */
    Set<String> expected(Collection<String> announced) {
        var expected = new HashSet<>(seen);
        request().ifPresent(asked -> announced.stream().filter(asked::wants).forEach(expected::add));
        return expected;
    }

    /** Whether the recovery point at {@code target} is to be made now, and that was not said lately. */
    boolean due(String target, Set<String> expected, Instant now, Duration settle, Duration repeat) {
        var asked = request;
        var state = states.get(target);
        if (asked == null || state == null || !state.owesEntry()) {
            return false;
        }
        var done = !expected.isEmpty()
                && state.settled(expected)
                && !now.isBefore(asked.requested().plus(settle));
        var sent = dueSent.get(target);
        return (done || asked.expiredAt(now)) && (sent == null || !now.isBefore(sent.plus(repeat)));
    }

    /** Whether the target got anything of it. */
    boolean isAt(String target) {
        var state = states.get(target);
        return state != null && !state.facts().shipped().isEmpty();
    }

    /** Work may still be going on: the deadline has not passed and a source is neither everywhere nor given up. */
    boolean open(Set<String> expected, Instant now) {
        var asked = request;
        return asked != null
                && !asked.expiredAt(now)
                && states.values().stream().anyMatch(state -> !state.settled(expected) || state.owesEntry());
    }

    /** Some source's artifact is not made yet, and not given up: agents may be writing to staging. */
    boolean writing(Set<String> expected, Instant now) {
        var asked = request;
        return asked != null
                && !asked.expiredAt(now)
                && states.values().stream().anyMatch(state -> expected.stream()
                        .anyMatch(source -> !state.facts().ready().containsKey(source)
                                && !state.facts().settled(source)));
    }
}
