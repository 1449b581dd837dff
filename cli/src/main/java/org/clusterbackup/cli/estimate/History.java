package org.clusterbackup.cli.estimate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.retention.RunTime;

/**
 * What is known of the backups of one source.
 *
 * @param runs of which the artifact is there, oldest first; one at least
 * @param times of every run that had an artifact, deleted ones too; those of {@code runs} are added
 * @param missed runs that expected the source and got nothing of it
 * @param retired whether no further run expects it
 * @param ownBytes stored bytes of the newest artifact's packs, without those that another source is counted for
 */
public record History(
        SourceName source, List<Run> runs, SortedSet<Instant> times, int missed, boolean retired, long ownBytes) {
    public History {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException(source + " has no artifact");
        }
        runs = runs.stream().sorted(Comparator.comparing(Run::time)).toList();
        var all = new TreeSet<>(times);
        runs.forEach(run -> all.add(run.time()));
        times = Collections.unmodifiableSortedSet(all);
    }

    /**
     * One artifact.
     *
     * @param time of its run
     * @param newBytes stored bytes of the packs that it brought along
     * @param took from the beginning of the backup to its end; zero if the clock was set back meanwhile
     */
    public record Run(ArtifactRef ref, Instant time, long streamBytes, long storedBytes, long newBytes, Duration took) {
        static Run of(Manifest manifest) {
            var took = Duration.between(manifest.started(), manifest.finished());
            return new Run(
                    manifest.ref(),
                    RunTime.of(manifest),
                    manifest.streamBytes(),
                    manifest.storedBytes(),
                    manifest.newBytes(),
                    took.isNegative() ? Duration.ZERO : took);
        }
    }

    public Run newest() {
        return runs.getLast();
    }

    /** Runs of which the artifact is there and before which there was another: what they added says how a source changes. */
    public List<Run> later() {
        return runs.stream().filter(run -> run.time().isAfter(times.first())).toList();
    }

    /** The usual time between two runs: the median, so that an outage counts once. Empty after one run. */
    public Optional<Duration> interval() {
        var gaps = new ArrayList<Duration>();
        var before = times.first();
        for (var time : times.tailSet(before)) {
            if (time.isAfter(before)) {
                gaps.add(Duration.between(before, time));
                before = time;
            }
        }
        Collections.sort(gaps);
        return gaps.isEmpty() ? Optional.empty() : Optional.of(gaps.get(gaps.size() / 2));
    }

    /** The mean of what the runs that are there took. */
    public Duration meanTook() {
        return Duration.ofSeconds((long) runs.stream()
                .mapToDouble(run -> run.took().toSeconds())
                .average()
                .orElse(0));
    }
}
