package org.clusterbackup.scheduler.run;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.ArtifactShipped;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupProgress;

/**
 * When the work on each source was last seen to move: bytes that grew, an artifact that was finished, a failure that
 * ends it. A report that repeats the same bytes is no move: whoever hangs goes on reporting. Not thread-safe.
 */
final class Moves {
    private final Map<Work, Move> moves = new HashMap<>();

    /** @param target empty for the making of an artifact */
    record Work(String source, Optional<String> target) {}

    private record Move(Optional<String> run, long bytes, Instant at) {}

    void progress(BackupProgress step) {
        moves.merge(
                new Work(step.source(), step.target()),
                new Move(step.run(), step.bytesDone(), step.at()),
                (before, now) -> before.bytes() == now.bytes() && before.run().equals(now.run()) ? before : now);
    }

    void ready(ArtifactReady artifact) {
        ended(artifact.source(), Optional.empty(), artifact.run(), artifact.finished());
    }

    void shipped(ArtifactShipped artifact) {
        ended(artifact.source(), Optional.of(artifact.target()), artifact.run(), artifact.shipped());
    }

    void failed(BackupFailed failure) {
        if (failure.ended()) {
            ended(failure.source(), failure.target(), failure.run(), failure.failed());
        }
    }

    private void ended(String source, Optional<String> target, Optional<String> run, Instant at) {
        moves.merge(
                new Work(source, target),
                new Move(run, -1, at),
                (before, now) -> before.at().isAfter(now.at()) ? before : now);
    }

    void forgetBefore(Instant time) {
        moves.values().removeIf(move -> move.at().isBefore(time));
    }

    /** By target, {@code ""} for the making of artifacts, and source. */
    Map<String, Map<String, Instant>> byTarget() {
        var times = new HashMap<String, Map<String, Instant>>();
        moves.forEach((work, move) -> times.computeIfAbsent(work.target().orElse(""), _ -> new HashMap<>())
                .put(work.source(), move.at()));
        return times;
    }
}
