package org.clusterbackup.agent.request;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.cluster.Turn;
import org.clusterbackup.agent.cluster.Turns;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.repository.SourceName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sources that share a limit of how many are read at once. Of each source only the newest request waits, an older one that
 * has not begun is superseded; one that waits for a replica or rests after a failure holds no place. Thread-safe.
 */
public final class Lane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final int REMEMBERED = 1000;
    private static final long LOOK_AGAIN_MILLIS = 500;
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(30);

    private final Attempts attempts;
    private final Turns turns;
    private final ClusterView view;
    private final Clock clock;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<SourceName, Job> waiting = new LinkedHashMap<>();
    private final Map<SourceName, Job> running = new HashMap<>();
    /** Jobs that ended, so that a record that is delivered again does nothing again. */
    private final Map<String, Boolean> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    private Instant lastSign = Instant.MIN;
    private boolean closed;

    public Lane(Attempts attempts, Turns turns, ClusterView view, Clock clock) {
        this.attempts = attempts;
        this.turns = turns;
        this.view = view;
        this.clock = clock;
    }

    /** Begins to work off what was added. */
    public synchronized void open(String name, int atOnce) {
        for (var i = 0; i < atOnce; i++) {
            threads.add(Thread.ofPlatform().daemon().name(name + "-" + i).start(this::work));
        }
    }

    /**
     * Returns at once.
     *
     * @return completes when events say what became of it; never if the agent stops before
     */
    public synchronized CompletableFuture<Void> add(LocalSource source, BackupRequest request) {
        var now = running.get(source.name());
        if (now != null && now.isSame(source, request)) {
            return now.done();
        }
        if (ended.containsKey(key(source.name(), request.run()))
                || view.failed(request.run(), source.name().value())) {
            // Delivered again, perhaps after the agent was killed before it could acknowledge.
            return CompletableFuture.completedFuture(null);
        }
        var older = waiting.get(source.name());
        if (older != null && older.isSame(source, request)) {
            return older.done();
        }
        if (older != null) {
            giveUp(older);
        }
        var job = new Job(source, request, clock.instant());
        waiting.put(source.name(), job);
        notifyAll();
        return job.done();
    }

    private static String key(SourceName source, String run) {
        return run + " " + source;
    }

    private void giveUp(Job job) {
        Thread.ofVirtual().name("superseded").start(() -> {
            try {
                attempts.give(job, BackupFailed.SUPERSEDED);
                end(job);
            } catch (InterruptedException e) {
                LOG.debug("agent stops {}", job);
            }
        });
    }

    /** Jobs that wait and jobs that run. */
    public synchronized int size() {
        return waiting.size() + running.size();
    }

    private void work() {
        try {
            while (true) {
                perform(next());
            }
        } catch (InterruptedException e) {
            LOG.debug("lane ends");
        }
    }

    private synchronized Choice next() throws InterruptedException {
        while (true) {
            if (closed) {
                throw new InterruptedException();
            }
            var choice = choose();
            signs();
            if (choice != null) {
                waiting.remove(choice.job.source().name());
                running.put(choice.job.source().name(), choice.job);
                return choice;
            }
            wait(LOOK_AGAIN_MILLIS);
        }
    }

    /** What a job is taken for: to be done, or to be left to another replica. */
    private record Choice(Job job, Turn turn) {}

    private @Nullable Choice choose() {
        var now = clock.instant();
        for (var job : waiting.values()) {
            // Two requests of one source are never worked on at once.
            if ((job.mayRun(now) || isUnwanted(job, now))
                    && !running.containsKey(job.source().name())) {
                var turn = turn(job, now);
                if (!(turn instanceof Turn.Wait)) {
                    return new Choice(job, turn);
                }
            }
        }
        return null;
    }

    private boolean isUnwanted(Job job, Instant now) {
        return job.request().expiredAt(now)
                || view.isCancelled(job.run(), job.source().name().value());
    }

    private Turn turn(Job job, Instant now) {
        return isUnwanted(job, now) ? new Turn.Go() : turns.of(job.source(), job.request(), job.since(), view, now);
    }

    /** Tells waiting replicas that what they wait for will come, though this agent has something else to do first. */
    private void signs() {
        var now = clock.instant();
        if (now.isBefore(lastSign.equals(Instant.MIN) ? now : lastSign.plus(SIGN_OF_LIFE))) {
            return;
        }
        lastSign = now;
        for (var job : waiting.values()) {
            if (job.source().replicaSet().isPresent() && turn(job, now) instanceof Turn.Go) {
                attempts.hint(new BackupProgress(
                        job.source().name().value(),
                        Optional.of(job.run()),
                        Optional.empty(),
                        Turns.QUEUE,
                        Optional.empty(),
                        0,
                        0,
                        List.of(),
                        now.truncatedTo(ChronoUnit.MILLIS)));
            }
        }
    }

    private void perform(Choice choice) throws InterruptedException {
        var job = choice.job;
        try {
            switch (choice.turn) {
                case Turn.Leave(var instead) -> {
                    if (attempts.confirms(instead)) {
                        attempts.spare(job, instead);
                        end(job);
                    } else {
                        view.disbelieve(instead);
                        again(job, clock.instant());
                    }
                }
                case Turn.Go _, Turn.Wait _ -> {
                    switch (attempts.run(job)) {
                        case Attempt.Ended _ -> end(job);
                        case Attempt.Again(var notBefore) -> again(job, notBefore);
                    }
                }
            }
        } catch (RuntimeException e) {
            LOG.error("job broke, it will be tried again {}", job, e);
            again(job, clock.instant().plus(SIGN_OF_LIFE));
        } catch (Error e) {
            // Such as a class that is missing: another attempt meets it again, and the lane must go on to other jobs.
            LOG.error("job broke for good {}", job, e);
            attempts.broke(job, e);
            end(job);
        }
    }

    private void end(Job job) {
        synchronized (this) {
            running.remove(job.source().name(), job);
            ended.put(key(job.source().name(), job.run()), true);
            notifyAll();
        }
        job.done().complete(null);
    }

    private synchronized void again(Job job, Instant notBefore) {
        running.remove(job.source().name(), job);
        job.rest(notBefore);
        if (waiting.containsKey(job.source().name())) {
            // A newer request came while this one was tried: that one keeps its place.
            giveUp(job);
        } else {
            waiting.put(job.source().name(), job);
        }
        notifyAll();
    }

    /** Ends what runs without saying anything: the requests come again when the agent does. */
    @Override
    public void close() {
        List<Thread> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(threads);
            notifyAll();
        }
        all.forEach(Thread::interrupt);
    }
}
