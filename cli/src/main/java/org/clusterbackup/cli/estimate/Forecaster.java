package org.clusterbackup.cli.estimate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.retention.Candidate;
import org.clusterbackup.repository.retention.Choice;
import org.clusterbackup.repository.retention.Policy;
import org.clusterbackup.repository.retention.Retention;
import org.clusterbackup.repository.retention.Rule;

/**
 * Plays a year of runs as they came so far, with a policy that is applied all the time. What is counted is an upper
 * estimate: two kept artifacts are taken to share nothing of what any run between them added. No clock, no I/O; numbers
 * too large for a long end at its greatest value.
 */
public final class Forecaster {
    /** Of runs of which nobody knows how often they come. */
    public static final Duration DAILY = Duration.ofDays(1);

    /** Runs that come more often are played as if they came so. */
    public static final Duration MOST_OFTEN = Duration.ofMinutes(15);

    private static final Duration YEAR = Duration.ofDays(365);
    private static final Sha256 NOTHING = Sha256.of(new byte[0]);
    /** A policy is applied when what is there has doubled and so many came: each time costs a sort. */
    private static final int BATCH = 1000;

    private static final Policy EVERYTHING = new Policy(Map.of(Rule.LAST, Policy.UNLIMITED), Optional.empty());

    private final Optional<Retention> retention;
    private final Optional<Duration> every;
    private final double changedShare;
    private final Instant now;
    private final Random random = new Random(0);

    /**
     * @param retention empty if nothing is ever deleted
     * @param every time between two runs; empty for what the history says
     * @param changedShare of the stored bytes, what a run adds where no run tells
     */
    public Forecaster(Optional<Retention> retention, Optional<Duration> every, double changedShare, Instant now) {
        this.retention = retention;
        this.every = every;
        this.changedShare = changedShare;
        this.now = now;
    }

    public Forecast of(History history) {
        var interval = interval(history);
        var perYear = history.retired() ? 0 : (double) YEAR.toSeconds() / interval.toSeconds();
        var later = history.later();
        var added = later.isEmpty()
                ? history.newest().storedBytes() * changedShare
                : later.stream().mapToDouble(History.Run::newBytes).average().orElse(0);
        var stream = Math.max(0, history.newest().streamBytes() + grownPerRun(history) * perYear);
        var played = play(history, interval);
        return new Forecast(
                interval,
                (long) added,
                later.size(),
                (long) (added * perYear),
                (long) stream,
                choose(history.source(), there(history)).size(),
                played.kept().size(),
                (long) bytes(history, played, added, stream));
    }

    private Duration interval(History history) {
        var known = every.or(history::interval).orElse(DAILY);
        return known.compareTo(MOST_OFTEN) < 0 ? MOST_OFTEN : known;
    }

    /** Bytes by which the stream grows from one run to the next; less than nothing if it shrinks. */
    private static double grownPerRun(History history) {
        var oldest = history.runs().getFirst();
        var newest = history.newest();
        var steps = history.times().subSet(oldest.time(), newest.time()).size();
        return steps == 0 ? 0 : ((double) newest.streamBytes() - oldest.streamBytes()) / steps;
    }

    /**
     * @param times of all runs, the played ones too, in order
     * @param kept what is left after a year, oldest first
     */
    private record Played(List<Instant> times, List<Candidate> kept) {}

    private Played play(History history, Duration interval) {
        var times = new ArrayList<>(history.times());
        var there = there(history);
        if (!history.retired()) {
            var last = history.newest().time();
            // A clock that was wrong must not move the year.
            var begin = last.isBefore(now.minus(interval)) || last.isAfter(now) ? now : last.plus(interval);
            var full = 2 * there.size() + BATCH;
            for (var time = begin; time.isBefore(now.plus(YEAR)); time = time.plus(interval)) {
                times.add(time);
                there.add(candidate(played(history.source(), time), time));
                if (there.size() >= full) {
                    there = choose(history.source(), there);
                    full = 2 * there.size() + BATCH;
                }
            }
        }
        Collections.sort(times);
        return new Played(times, choose(history.source(), there));
    }

    private static List<Candidate> there(History history) {
        var there = new ArrayList<Candidate>();
        history.runs().forEach(run -> there.add(candidate(run.ref(), run.time())));
        return there;
    }

    private ArtifactRef played(SourceName source, Instant time) {
        return new ArtifactRef(source, ArtifactId.at(time, random));
    }

    private static Candidate candidate(ArtifactRef ref, Instant time) {
        return new Candidate(ref, NOTHING, NOTHING, time, time, true);
    }

    /** What the policy keeps, oldest first. */
    private List<Candidate> choose(SourceName source, List<Candidate> there) {
        var policy = retention.flatMap(said -> said.policy(source)).orElse(EVERYTHING);
        var kept = new ArrayList<Candidate>();
        Choice.of(policy, there, Map.of(), Map.of()).kept().forEach(one -> kept.add(one.candidate()));
        kept.sort(Comparator.comparing(Candidate::time));
        return kept;
    }

    /** The newest whole, and of each older one what the runs up to the next one changed, but not more than all of it. */
    private static double bytes(History history, Played played, double added, double streamThen) {
        var newest = history.newest();
        var ratio = newest.streamBytes() == 0 ? 1 : streamThen / newest.streamBytes();
        var bytes = history.ownBytes() * ratio;
        for (var place = 0; place < played.kept().size() - 1; place++) {
            var one = played.kept().get(place);
            var runs = index(played, played.kept().get(place + 1)) - index(played, one);
            bytes += Math.min(stored(history, one, Math.max(1, ratio)), runs * added);
        }
        return bytes;
    }

    private static int index(Played played, Candidate candidate) {
        return Collections.binarySearch(played.times(), candidate.time());
    }

    private static double stored(History history, Candidate candidate, double grown) {
        for (var run : history.runs()) {
            if (run.ref().equals(candidate.ref())) {
                return run.storedBytes();
            }
        }
        return history.newest().storedBytes() * grown;
    }
}
