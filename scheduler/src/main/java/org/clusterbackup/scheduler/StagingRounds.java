package org.clusterbackup.scheduler;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.store.StoreListener;
import org.clusterbackup.scheduler.staging.Housekeeping;
import org.clusterbackup.scheduler.staging.Retirements;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes through staging now and then: publishes retirements, and deletes what may go. */
@ApplicationScoped
public class StagingRounds {
    private static final Logger LOG = LoggerFactory.getLogger(StagingRounds.class);

    private final Scheduler scheduler;
    private final SchedulerConfig config;
    private final AtomicLong bytes;
    private final AtomicLong doubts;

    StagingRounds(Scheduler scheduler, SchedulerConfig config, MeterRegistry registry) {
        this.scheduler = scheduler;
        this.config = config;
        this.bytes = registry.gauge("clusterbackup_staging_bytes", new AtomicLong());
        this.doubts = registry.gauge("clusterbackup_staging_doubts", new AtomicLong());
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
            var report = new Housekeeping(
                            store,
                            new Manifests(store, staging.description().repository(), signers),
                            new Housekeeping.Settings(
                                    parts.targets().names(),
                                    config.housekeeping().grace(),
                                    config.housekeeping().abandonedAfter()))
                    .sweep(view.points(), parts.book().writingSince(now));
            bytes.set(report.bytes());
            doubts.set(report.doubts().size());
            report.doubts().forEach(doubt -> LOG.warn("no pack is deleted in staging: {}", doubt));
            LOG.info(
                    "staging looked after artifacts={} condemned={} packs={} leftovers={}",
                    report.artifactsDeleted(),
                    report.packsCondemned(),
                    report.packsDeleted(),
                    report.leftovers());
        }
    }
}
