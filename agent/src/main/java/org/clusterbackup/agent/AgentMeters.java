package org.clusterbackup.agent;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.clusterbackup.agent.request.Attempts;
import org.clusterbackup.agent.source.LocalSource;

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
        Timer.builder("clusterbackup.backup.attempts")
                .description("attempts to back up a source, and how long they took")
                .tags("source", name, "result", result)
                .register(registry)
                .record(took);
        Counter.builder("clusterbackup.backup.read.bytes")
                .description("plain bytes read from the source, whatever became of them")
                .tag("source", name)
                .register(registry)
                .increment((double) bytes);
        if (result.equals(Attempts.COMMITTED)) {
            lastSuccess
                    .computeIfAbsent(name, this::gauge)
                    .set(Clock.systemUTC().instant().getEpochSecond());
        }
    }

    private AtomicLong gauge(String source) {
        var seconds = new AtomicLong();
        Gauge.builder("clusterbackup.backup.last.success.timestamp.seconds", seconds, AtomicLong::doubleValue)
                .description("when this process last committed an artifact of the source")
                .tag("source", source)
                .register(registry);
        return seconds;
    }

    void owed(Agent agent) {
        Gauge.builder("clusterbackup.backup.owed", agent, Agent::owed)
                .description("backups of single sources that were asked for and are not over")
                .register(registry);
    }
}
