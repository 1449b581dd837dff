package org.clusterbackup.shipper;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.StoreListener;

/** Calls to both stores as metrics: how many, how long, how many bytes, and what they failed with. */
@Singleton
class StoreMeters {
    private final MeterRegistry registry;

    StoreMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    StoreListener of(String end) {
        return (operation, bytes, nanos, failure) -> {
            var name = operation.name().toLowerCase(Locale.ROOT);
            var result = failure.map(Kind::name).orElse("ok").toLowerCase(Locale.ROOT);
            registry.timer("clusterbackup.store.calls", "end", end, "operation", name, "result", result)
                    .record(nanos, TimeUnit.NANOSECONDS);
            if (bytes > 0) {
                registry.counter("clusterbackup.store.bytes", "end", end, "operation", name)
                        .increment((double) bytes);
            }
        };
    }
}
