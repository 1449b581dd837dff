package org.clusterbackup.scheduler;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.store.StoreListener;
import org.clusterbackup.scheduler.page.StagingProblems;
import org.clusterbackup.scheduler.staging.Copies;
import org.clusterbackup.scheduler.staging.Housekeeping;
import org.clusterbackup.scheduler.staging.Retirements;
import org.clusterbackup.service.EventPublisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes through staging now and then: publishes retirements, deletes what may go, and tells what is wrong. */
@ApplicationScoped
public class StagingRounds {
    private static final Logger LOG = LoggerFactory.getLogger(StagingRounds.class);
    private static final String STAGE = "staging";

    private final Scheduler scheduler;
    private final SchedulerConfig config;
    private final AtomicLong bytes = new AtomicLong(-1);
    private final AtomicLong doubts = new AtomicLong(-1);
    private final MultiGauge waiting;
    /** Published already, so that each is said once until it changes. */
    private Set<Housekeeping.Bad> told = Set.of();

    private volatile StagingProblems problems = StagingProblems.NONE;

    StagingRounds(Scheduler scheduler, SchedulerConfig config, MeterRegistry registry) {
        this.scheduler = scheduler;
        this.config = config;
        Gauge.builder("clusterbackup_staging_bytes", bytes, StagingRounds::known)
                .description("what lies in staging, as of the last housekeeping")
                .register(registry);
        Gauge.builder("clusterbackup_staging_doubts", doubts, StagingRounds::known)
                .description("what housekeeping could not believe, and kept")
                .register(registry);
        this.waiting = MultiGauge.builder("clusterbackup_staging_waiting_artifacts")
                .description("artifacts that staging keeps because the target lacks them")
                .register(registry);
    }

    /** No value before the first housekeeping: 0 would be a lie. */
    private static double known(AtomicLong value) {
        return value.get() < 0 ? Double.NaN : value.get();
    }

    /** What is wrong in staging, as of the last housekeeping. */
    List<String> problems(Instant now) {
        return problems.at(now);
    }

    @Scheduled(
            every = "${clusterbackup.housekeeping.every:PT1H}",
            delayed = "1m",
            concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    @RunOnVirtualThread
    void go() throws InterruptedException {
        var parts = scheduler.parts();
        if (config.staging().url().isEmpty()
                || parts.isEmpty()
                || parts.get().signers().isEmpty()
                || !parts.get().reader().caughtUp().isDone()) {
            return;
        }
        try {
            go(parts.get(), parts.get().signers().get());
        } catch (BackupException e) {
            LOG.warn("staging was not looked after: {}", e.getMessage());
        }
    }

    private void go(Scheduler.Parts parts, AllowedSigners signers) throws BackupException, InterruptedException {
        var now = Clock.systemUTC().instant();
        var view = parts.book().view(now);
        try (var store = config.staging().open(StoreListener.none())) {
            var staging = Repository.open(store, signers);
            for (var retired : Retirements.owed(staging, view.announced())) {
                parts.events().publish(retired);
                LOG.info("source retired source={}", retired.source());
            }
            if (!config.housekeeping().enabled()) {
                return;
            }
            var settings = settings(parts);
            var report = new Housekeeping(
                            store, new Manifests(store, staging.description().repository(), signers), settings)
                    .sweep(
                            new Copies(view.points(), parts.book().announcedAtTargets()),
                            parts.book().writingSince(now));
            measure(report, settings.capacity());
            tell(parts.events(), report, now);
        }
    }

    private Housekeeping.Settings settings(Scheduler.Parts parts) {
        var housekeeping = config.housekeeping();
        return new Housekeeping.Settings(
                parts.targets().names(),
                parts.targets()::keepsIndexOnly,
                housekeeping.grace(),
                housekeeping.abandonedAfter(),
                housekeeping.capacity().stream()
                        .mapToLong(MemorySize::asLongValue)
                        .findFirst());
    }

    private void measure(Housekeeping.Report report, OptionalLong capacity) {
        bytes.set(report.bytes());
        doubts.set(report.doubts().size() + report.bad().size());
        waiting.register(
                report.waiting().entrySet().stream()
                        .<Row<?>>map(target -> Row.of(
                                Tags.of("target", target.getKey()),
                                target.getValue().artifacts()))
                        .toList(),
                true);
        problems = new StagingProblems(report, capacity);
    }

    private void tell(EventPublisher events, Housekeeping.Report report, Instant now)
            throws BackupException, InterruptedException {
        LOG.info(
                "staging looked after artifacts={} condemned={} packs={} offsite={} leftovers={}",
                report.artifactsDeleted(),
                report.packsCondemned(),
                report.packsDeleted(),
                report.packsLeft(),
                report.leftovers());
        report.doubts().forEach(doubt -> LOG.warn("no pack is deleted in staging: {}", doubt));
        for (var given : report.given()) {
            LOG.warn("staging is nearly full and lets go artifact={} targets={}", given.artifact(), given.targets());
            for (var target : given.targets()) {
                events.publish(failed(
                        given.artifact(),
                        given.run(),
                        Optional.of(target),
                        Kind.NO_SPACE,
                        "staging is nearly full, so " + given.artifact() + " left it before this target had it",
                        now));
            }
        }
        for (var bad : report.bad()) {
            LOG.error("kept in staging, and not believed artifact={}: {}", bad.artifact(), bad.message());
            if (!told.contains(bad)) {
                events.publish(
                        failed(bad.artifact(), Optional.empty(), Optional.empty(), bad.kind(), bad.message(), now));
            }
        }
        told = Set.copyOf(report.bad());
    }

    private static BackupFailed failed(
            ArtifactRef artifact,
            Optional<String> run,
            Optional<String> target,
            Kind kind,
            String message,
            Instant now) {
        return new BackupFailed(artifact.source().value(), run, STAGE, target, kind.text(), message, true, now);
    }
}
