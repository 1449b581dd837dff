package org.clusterbackup.scheduler;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.scheduler.policy.Policies;
import org.clusterbackup.scheduler.policy.Policy;
import org.clusterbackup.scheduler.run.Book;
import org.clusterbackup.service.EventPublisher;
import org.clusterbackup.service.GrouplessReader;
import org.clusterbackup.service.KafkaSettings;
import org.clusterbackup.service.Start;
import org.clusterbackup.service.Targets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service: reads its files, starts its parts and stops them. Everything below is plain Java. */
@ApplicationScoped
public class Scheduler {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
    private static final int USAGE = 2;

    private final SchedulerConfig config;
    private final KafkaSettings kafka;
    /** Whoever publishes, and whoever takes away what it publishes with. */
    private final ReentrantLock turn = new ReentrantLock();

    private volatile @Nullable Parts parts;

    /** What is there once the files were good. */
    record Parts(
            List<Policy> policies,
            Targets targets,
            Optional<AllowedSigners> signers,
            Book book,
            Intake intake,
            EventPublisher events,
            Clockwork clockwork,
            GrouplessReader reader) {}

    @Inject
    Scheduler(SchedulerConfig config, @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.config = config;
        this.kafka = new KafkaSettings(kafka);
    }

    void start(@Observes StartupEvent event) {
        try {
            parts = open();
        } catch (BackupException e) {
            LOG.error("{}", e.getMessage());
            Quarkus.asyncExit(USAGE);
        }
    }

    private Parts open() throws BackupException {
        var policies = config.policiesFile().isPresent()
                ? Policies.read(config.policiesFile().get())
                : List.<Policy>of();
        var targets = targets();
        var signers = signers(config.keys().allowedSigners());
        var book = new Book(targets.names(), new SignedLedgers(signers));
        var intake = new Intake(book, Clock.systemUTC());
        var events = new EventPublisher(kafka, "/scheduler");
        var reader =
                new GrouplessReader(kafka, Intake.topics(), new Start.Beginning(), intake::take, intake::startOver);
        var _ = reader.caughtUp().thenRun(intake::live);
        return new Parts(
                policies,
                targets,
                signers,
                book,
                intake,
                events,
                new Clockwork(policies, config.runs(), book, intake, events, Clock.systemUTC()),
                reader);
    }

    private Targets targets() throws BackupException {
        if (config.targetsFile().isPresent()) {
            return Targets.read(config.targetsFile().get());
        }
        return Targets.named(config.targets()
                .orElseThrow(() -> new BackupException(
                        Kind.USAGE, "no target is declared: clusterbackup.targets-file names none")));
    }

    private static Optional<AllowedSigners> signers(Optional<Path> file) throws BackupException {
        return file.isPresent() ? Optional.of(AllowedSigners.read(file.get())) : Optional.empty();
    }

    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    @RunOnVirtualThread
    void tick() throws InterruptedException {
        turn.lock();
        try {
            var running = parts;
            if (running != null && running.reader().caughtUp().isDone()) {
                running.clockwork().tick();
            }
        } finally {
            turn.unlock();
        }
    }

    void stop(@Observes ShutdownEvent event) {
        turn.lock();
        try {
            var running = parts;
            parts = null;
            if (running != null) {
                running.reader().close();
                running.events().close();
            }
        } finally {
            turn.unlock();
        }
    }

    /** Empty until the files were read. */
    Optional<Parts> parts() {
        return Optional.ofNullable(parts);
    }

    KafkaSettings kafka() {
        return kafka;
    }
}
