package org.clusterbackup.scheduler;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.clusterbackup.scheduler.metric.Family;
import org.clusterbackup.scheduler.metric.GroupFamilies;
import org.clusterbackup.scheduler.metric.Objectives;
import org.clusterbackup.scheduler.metric.PolicyFamilies;
import org.clusterbackup.scheduler.metric.Rejections;
import org.clusterbackup.scheduler.metric.SourceFamilies;
import org.clusterbackup.service.meter.CertificateMeters;

/** Prometheus metrics of recovery points, sources and owed work; objectives are metrics too, so alerts are joins. */
@ApplicationScoped
public class Metrics {
    /** Longer than Kafka keeps records. */
    private static final Duration KEPT = Duration.ofDays(40);

    private final Scheduler scheduler;
    private final SchedulerConfig config;
    private final OwedWork owed;
    private final MeterRegistry registry;
    private final ConcurrentMap<String, MultiGauge> gauges = new ConcurrentHashMap<>();
    private final Instant started = Clock.systemUTC().instant();

    Metrics(Scheduler scheduler, SchedulerConfig config, OwedWork owed, MeterRegistry registry) {
        this.scheduler = scheduler;
        this.config = config;
        this.owed = owed;
        this.registry = registry;
    }

    void start(@Observes StartupEvent event) {
        CertificateMeters.register(registry, scheduler.kafka());
    }

    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    @RunOnVirtualThread
    void refresh() throws InterruptedException {
        var running = scheduler.parts();
        if (running.isEmpty() || !running.get().reader().caughtUp().isDone()) {
            return;
        }
        var parts = running.get();
        var kafkaAnswers = owed.refresh();
        var now = Clock.systemUTC().instant();
        parts.intake().publications().forgetBefore(now.minus(KEPT));
        var view = parts.book().view(now);
        var targets = parts.targets().names();
        var objectives = objectives();
        new PolicyFamilies(targets, parts.policies(), objectives)
                .of(view, started)
                .forEach(this::set);
        new SourceFamilies(targets, parts.policies(), objectives)
                .of(view, now, parts.intake().skews())
                .forEach(this::set);
        GroupFamilies.of(owed.judged(parts, view, now)).forEach(this::set);
        Rejections.families(parts.intake().rejections()).forEach(this::set);
        set(objectives.stagingCapacity());
        if (kafkaAnswers) {
            set(new Family("clusterbackup_refreshed_timestamp_seconds", "when the scheduler's metrics were true last")
                    .add(now));
        }
    }

    private Objectives objectives() {
        return new Objectives(
                config.runs().silentAfter(),
                config.objectives().drill(),
                config.objectives().proof(),
                config.housekeeping().capacity().stream()
                        .mapToLong(MemorySize::asLongValue)
                        .findFirst());
    }

    private void set(Family family) {
        var rows = family.samples().stream()
                .<Row<?>>map(sample -> Row.of(
                        Tags.of(sample.labels().entrySet().stream()
                                .map(label -> Tag.of(label.getKey(), label.getValue()))
                                .toList()),
                        sample.value()))
                .toList();
        Objects.requireNonNull(gauges.computeIfAbsent(family.name(), key -> MultiGauge.builder(key)
                        .description(family.help())
                        .register(registry)))
                .register(rows, true);
    }
}
