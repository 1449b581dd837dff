package org.clusterbackup.agent;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.clusterbackup.agent.backup.Backups;
import org.clusterbackup.agent.request.Agenda;
import org.clusterbackup.agent.request.Attempts;
import org.clusterbackup.agent.request.Lane;
import org.clusterbackup.agent.request.Reconciliation;
import org.clusterbackup.agent.source.SourceAnnouncer;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.service.Backlog;
import org.clusterbackup.service.EventPublisher;
import org.clusterbackup.service.GrouplessReader;
import org.clusterbackup.service.KafkaSettings;
import org.clusterbackup.service.Received;
import org.clusterbackup.service.Start;
import org.clusterbackup.service.TopicAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running agent: comes up in an order that loses and repeats nothing. First staging is opened, then all that was said
 * is read, then the sources are announced, then the outstanding requests are judged together, then the work begins.
 */
final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration QUIET = Duration.ofSeconds(20);

    private final AgentParts parts;
    private final StagingOpening opening;
    private final KafkaSettings kafka;
    private final EventPublisher events;
    private final Attempts.Outcomes outcomes;
    private final Consumer<BackupException> stop;
    private final List<Held> early = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ready;
    private volatile int owed;
    private Consumer<Held> inbox = early::add;

    /** A request and what completes when it was answered. */
    private record Held(Received received, BackupRequest request, CompletableFuture<Void> done) {}

    /** @param stop is told of what no waiting heals */
    Agent(
            AgentParts parts,
            StagingOpening opening,
            KafkaSettings kafka,
            EventPublisher events,
            Attempts.Outcomes outcomes,
            Consumer<BackupException> stop) {
        this.parts = parts;
        this.opening = opening;
        this.kafka = kafka;
        this.events = events;
        this.outcomes = outcomes;
        this.stop = stop;
    }

    void start() {
        threads.add(Thread.ofPlatform().daemon().name("agent-start").start(() -> {
            try {
                run();
            } catch (BackupException e) {
                stop.accept(e);
            } catch (RuntimeException e) {
                stop.accept(new BackupException(Kind.FAILED, "the agent cannot start: " + e, e));
            } catch (InterruptedException | ExecutionException e) {
                LOG.debug("agent stops while it starts", e);
            }
        }));
    }

    /** Whether it works off requests. */
    boolean isReady() {
        return ready;
    }

    /** Jobs that wait and jobs that run. */
    int owed() {
        return owed;
    }

    /**
     * Returns at once.
     *
     * @return completes when every source of this agent that was asked for has its answer in the events
     */
    synchronized CompletableFuture<Void> accept(Received received) {
        var request = received.request();
        if (request.isEmpty()) {
            LOG.warn("record is no request place={}", received.place());
            return CompletableFuture.completedFuture(null);
        }
        var held = new Held(received, request.get(), new CompletableFuture<>());
        inbox.accept(held);
        return held.done();
    }

    private void run() throws BackupException, InterruptedException, ExecutionException {
        var staging = insist("staging", opening::open);
        var settings = parts.settings();
        var view = parts.view();
        var announcer =
                new SourceAnnouncer(parts.sources(), settings.announce().every(), events::hint, Clock.systemUTC());
        var reader = new GrouplessReader(
                kafka,
                List.of(
                        Topics.BACKUP_SOURCES.name(),
                        Topics.BACKUP_CANCELLED.name(),
                        Topics.ARTIFACT_READY.name(),
                        Topics.BACKUP_FAILED.name(),
                        Topics.BACKUP_PROGRESS.name()),
                new Start.Beginning(),
                this::learn,
                () -> {
                    view.forgetArtifacts();
                    announcer.startOver();
                });
        keep(reader);
        reader.caughtUp().get();

        var attempts = new Attempts(
                new Backups(staging, parts.streams(), view),
                view,
                events,
                outcomes,
                settings.retry().first(),
                settings.retry().longest(),
                Clock.systemUTC());
        var lanes = parts.lanes().stream().map(plan -> lane(attempts)).toList();
        var agenda = new Agenda(parts.sources(), entrances(lanes), attempts, Clock.systemUTC());
        announcer.look();
        var reconciliation = new Reconciliation(parts.sources(), staging, view, events);
        reconciliation.look();
        every(settings.announce().look(), "announce", announcer::look);
        every(settings.reconcileEvery(), "reconcile", reconciliation::look);
        every(PAUSE, "owed", () -> owed = agenda.size());
        backlog(agenda);
        for (var i = 0; i < lanes.size(); i++) {
            var plan = parts.lanes().get(i);
            lanes.get(i).open(plan.name(), plan.atOnce());
        }
        ready = true;
        LOG.info("agent works service={} instance={}", parts.service(), parts.instance());
    }

    private Lane lane(Attempts attempts) {
        var lane = new Lane(attempts, parts.turns(), parts.view(), Clock.systemUTC());
        keep(lane);
        return lane;
    }

    private List<Agenda.Entrance> entrances(List<Lane> lanes) {
        var entrances = new ArrayList<Agenda.Entrance>();
        for (var i = 0; i < lanes.size(); i++) {
            entrances.add(new Agenda.Entrance(parts.lanes().get(i).takes(), lanes.get(i)));
        }
        return entrances;
    }

    private void learn(ConsumerRecord<byte[], byte[]> record) {
        if (Received.of(record).decoded() instanceof Decoded.Event(var event)) {
            parts.view().apply(event, Clock.systemUTC().instant());
        }
    }

    /** Lets requests through: those that are outstanding all together first, so that only the newest of a source runs. */
    private void backlog(Agenda agenda) throws BackupException, InterruptedException {
        var topics = List.of(Topics.BACKUP_REQUESTED.name());
        var released = new CompletableFuture<Void>();
        var backlog = insist("the broker", () -> {
            try (var admin = new TopicAdmin(kafka)) {
                return new Backlog<Held>(admin.ends(topics), admin.committed(parts.group()), QUIET, batch -> {
                    batch.forEach(held -> pass(agenda, held));
                    released.complete(null);
                });
            }
        });
        keep(backlog);
        synchronized (this) {
            inbox = held -> backlog.add(
                    new TopicPartition(
                            held.received().record().topic(),
                            held.received().record().partition()),
                    held.received().record().offset(),
                    held);
            early.forEach(inbox);
            early.clear();
        }
        released.join();
    }

    private static void pass(Agenda agenda, Held held) {
        var _ = agenda.accept(held.request()).thenRun(() -> held.done().complete(null));
    }

    private interface Work<T> {
        T get() throws BackupException, InterruptedException;
    }

    private interface Look {
        void look() throws InterruptedException;
    }

    /** Waits for what may come back; what will not ends the agent. */
    private static <T> T insist(String what, Work<T> work) throws BackupException, InterruptedException {
        while (true) {
            try {
                return work.get();
            } catch (BackupException e) {
                if (e.kind() != Kind.UNREACHABLE) {
                    throw e;
                }
                LOG.warn("waiting for {} reason={}", what, e.getMessage());
                Thread.sleep(PAUSE);
            }
        }
    }

    private synchronized void every(Duration time, String name, Look look) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                while (true) {
                    Thread.sleep(time);
                    attempt(name, look);
                }
            } catch (InterruptedException e) {
                LOG.debug("{} ends", name);
            }
        }));
    }

    private static void attempt(String name, Look look) throws InterruptedException {
        try {
            look.look();
        } catch (RuntimeException e) {
            LOG.error("{} broke, it is tried again", name, e);
        }
    }

    private synchronized void keep(AutoCloseable part) {
        open.add(part);
    }

    @Override
    public synchronized void close() {
        ready = false;
        threads.forEach(Thread::interrupt);
        for (var part : open.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.debug("part does not close", e);
            }
        }
    }
}
