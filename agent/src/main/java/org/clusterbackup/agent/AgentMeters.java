package org.clusterbackup.agent;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.clusterbackup.agent.request.Attempts;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.StoreListener;

/** What an agent does, as metrics. */
final class AgentMeters implements Attempts.Outcomes {
    private final MeterRegistry registry;
    private final Map<String, AtomicLong> lastSuccess = new ConcurrentHashMap<>();

    AgentMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void ended(LocalSource source, String result, Duration took, long bytes) {
        var name = source.name().value();
        registry.timer("clusterbackup.backup.attempts", "source", name, "result", result)
                .record(took);
        registry.counter("clusterbackup.backup.read.bytes", "source", name).increment((double) bytes);
        if (result.equals(Attempts.COMMITTED)) {
            lastSuccess
                    .computeIfAbsent(name, this::gauge)
                    .set(Clock.systemUTC().instant().getEpochSecond());
        }
    }

    private AtomicLong gauge(String source) {
        var seconds = new AtomicLong();
        registry.gauge(
                "clusterbackup.backup.last.success.seconds",
                Tags.of("source", source),
                seconds,
                AtomicLong::doubleValue);
        return seconds;
    }

    StoreListener staging() {
        return (operation, bytes, nanos, failure) -> {
            var name = operation.name().toLowerCase(Locale.ROOT);
            var result = failure.map(Kind::name).orElse("ok").toLowerCase(Locale.ROOT);
            registry.timer("clusterbackup.store.calls", "end", "staging", "operation", name, "result", result)
                    .record(nanos, TimeUnit.NANOSECONDS);
            if (bytes > 0) {
                registry.counter("clusterbackup.store.bytes", "end", "staging", "operation", name)
                        .increment((double) bytes);
            }
        };
    }
}
