package org.clusterbackup.agent.request;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.clusterbackup.agent.backup.Announcements;
import org.clusterbackup.agent.backup.Backups;
import org.clusterbackup.agent.backup.Progress;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Spool;
import org.clusterbackup.service.EventPublisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries a job once and says in events what became of it. Thread-safe. */
public final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
    private static final Duration TICK = Duration.ofSeconds(2);
    private static final Duration BROKER_PAUSE = Duration.ofSeconds(2);

    /** Result of an attempt after which an artifact is committed. */
    public static final String COMMITTED = "committed";

    /** Stage of a failure before anything was read. */
    private static final String REQUEST = "request";

    private final Backups backups;
    private final ClusterView view;
    private final EventPublisher events;
    private final Outcomes outcomes;
    private final Duration firstPause;
    private final Duration longestPause;
    private final Clock clock;

    /** Told what became of attempts, for metrics. */
    public interface Outcomes {
        void ended(LocalSource source, String result, Duration took, long bytes);
    }

    /** @param firstPause before the second attempt; each further one waits twice as long, up to {@code longestPause} */
    public Attempts(
            Backups backups,
            ClusterView view,
            EventPublisher events,
            Outcomes outcomes,
            Duration firstPause,
            Duration longestPause,
            Clock clock) {
        this.backups = backups;
        this.view = view;
        this.events = events;
        this.outcomes = outcomes;
        this.firstPause = firstPause;
        this.longestPause = longestPause;
        this.clock = clock;
    }

    /** @throws InterruptedException if the agent stops: then nothing was said, and the request comes again */
    Attempt run(Job job) throws InterruptedException {
        var unwanted = unwanted(job);
        if (unwanted.isPresent()) {
            give(job, unwanted.get());
            return new Attempt.Ended();
        }
        var progress = new Progress(job.source(), job.run(), clock);
        var began = clock.instant();
        var ticker = Thread.ofVirtual().name("progress-" + job.source().name()).start(() -> tick(job, progress));
        try {
            var made = backups.make(job.source(), job.request(), progress);
            ticker.interrupt();
            // A last hint, so that a shipper can have all packs before it learns of the manifest.
            events.hint(progress.report());
            say(Announcements.of(made));
            outcomes.ended(job.source(), COMMITTED, Duration.between(began, clock.instant()), progress.bytes());
            return new Attempt.Ended();
        } catch (BackupException e) {
            if (Thread.interrupted() || Spool.ending()) {
                throw new InterruptedException();
            }
            return failed(job, progress, began, e);
        } finally {
            ticker.interrupt();
        }
    }

    /** Says that a mistake of ours ended the job. */
    void broke(Job job, Error e) throws InterruptedException {
        say(failure(job, Progress.DUMP, Kind.FAILED.text(), "unexpected: " + e, true));
    }

    private Optional<String> unwanted(Job job) {
        if (view.isCancelled(job.run(), job.source().name().value())) {
            return Optional.of(BackupFailed.CANCELLED);
        }
        return job.request().expiredAt(clock.instant()) ? Optional.of(BackupFailed.EXPIRED) : Optional.empty();
    }

    private void tick(Job job, Progress progress) {
        try {
            while (true) {
                Thread.sleep(TICK);
                events.hint(progress.report());
                unwanted(job).ifPresent(progress::cancel);
            }
        } catch (InterruptedException e) {
            // The attempt is over.
            Thread.currentThread().interrupt();
        }
    }

    private Attempt failed(Job job, Progress progress, Instant began, BackupException e) throws InterruptedException {
        var took = Duration.between(began, clock.instant());
        outcomes.ended(job.source(), "failed", took, progress.bytes());
        if (progress.cancelled().isPresent()) {
            give(job, progress.cancelled().get());
            return new Attempt.Ended();
        }
        var next = clock.instant().plus(pause(job.attempts()));
        var again = e.kind().retryable() && next.isBefore(job.request().deadline());
        LOG.warn(
                "backup failed run={} source={} kind={} final={} reason={}",
                job.run(),
                job.source().name(),
                e.kind(),
                !again,
                e.getMessage());
        var failure = failure(job, Progress.DUMP, e.kind().text(), text(e), !again);
        if (again) {
            events.hint(failure);
            return new Attempt.Again(next);
        }
        say(failure);
        return new Attempt.Ended();
    }

    private Duration pause(int attempts) {
        var pause = firstPause;
        for (var i = 0; i < attempts && pause.compareTo(longestPause) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(longestPause) < 0 ? pause : longestPause;
    }

    /**
     * Ends a job that nobody works on any more. Should its artifact be committed after all, because the agent was killed
     * before it said so, then this is what is said.
     */
    void give(Job job, String why) throws InterruptedException {
        try {
            var done = backups.staging()
                    .committed(job.source().name(), job.run(), job.request().requested());
            if (done.isPresent()) {
                say(Announcements.of(done.get()));
                return;
            }
        } catch (BackupException e) {
            LOG.warn(
                    "staging cannot be asked run={} source={} reason={}",
                    job.run(),
                    job.source().name(),
                    e.getMessage());
        }
        LOG.info(
                "request given up run={} source={} kind={}",
                job.run(),
                job.source().name(),
                why);
        say(failure(job, REQUEST, why, "the request of run " + job.run() + " was " + why, true));
    }

    /** Ends a job whose replica set {@code instead} stands for; without a word of it everybody would wait for its deadline. */
    void spare(Job job, ArtifactReady instead) throws InterruptedException {
        LOG.info("left to a replica {} instead={}", job, instead.source());
        say(failure(
                job,
                REQUEST,
                BackupFailed.SPARED,
                instead.source() + " holds the same files and was backed up in its place",
                true));
    }

    /** Whether the artifact of an event is there, signed and of that run: then it stands for its replica set. */
    boolean confirms(ArtifactReady ready) {
        try {
            var ref = new ArtifactRef(new SourceName(ready.source()), new ArtifactId(ready.artifact()));
            return backups.staging().read(ref).manifest().run().equals(ready.run());
        } catch (BackupException | IllegalArgumentException e) {
            LOG.warn(
                    "event is not believed source={} artifact={} reason={}",
                    ready.source(),
                    ready.artifact(),
                    e.getMessage());
            return false;
        }
    }

    /** Publishes however long the brokers are away: a result that nobody learns of is none. */
    void say(BackupEvent event) throws InterruptedException {
        while (true) {
            try {
                events.publish(event);
                return;
            } catch (BackupException e) {
                LOG.warn("event waits for a broker source={} reason={}", event.key(), e.getMessage());
                Thread.sleep(BROKER_PAUSE);
            }
        }
    }

    void hint(BackupEvent event) {
        events.hint(event);
    }

    private BackupFailed failure(Job job, String stage, String kind, String message, boolean ended) {
        return new BackupFailed(
                job.source().name().value(),
                Optional.of(job.run()),
                stage,
                Optional.empty(),
                kind,
                message,
                ended,
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
    }

    private static String text(BackupException e) {
        return e.getMessage() + e.hint().map(hint -> "; " + hint).orElse("");
    }
}
