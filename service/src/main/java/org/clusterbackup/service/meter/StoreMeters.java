package org.clusterbackup.service.meter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.StoreListener;

/** Calls to stores as metrics: how many, how long, how many bytes, and what they failed with. */
public record StoreMeters(MeterRegistry registry) {

    /** @param end which store it is: {@code staging} or {@code target} */
    public StoreListener of(String end) {
        return (operation, bytes, nanos, failure) -> {
            var name = operation.name().toLowerCase(Locale.ROOT);
            var result = failure.map(Kind::text).orElse("ok");
            Timer.builder("clusterbackup.store.calls")
                    .description("calls to a store, and how long they took")
                    .tags("end", end, "operation", name, "result", result)
                    .register(registry)
                    .record(nanos, TimeUnit.NANOSECONDS);
            if (bytes > 0) {
                Counter.builder("clusterbackup.store.bytes")
                        .description("bytes that went to a store or came from it")
                        .tags("end", end, "operation", name)
                        .register(registry)
                        .increment((double) bytes);
            }
        };
    }
}
