package org.clusterbackup.shipper;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import org.clusterbackup.repository.scrub.ScrubState;
import org.jspecify.annotations.Nullable;

/** What is known of the target's packs as metrics; what nobody knows yet is not a number. */
final class ScrubMeters {
    private final AtomicReference<@Nullable ScrubState> known = new AtomicReference<>();

    ScrubMeters(MeterRegistry registry, String target, Duration within) {
        Gauge.builder("clusterbackup_scrub_oldest_proof_timestamp_seconds", this, meters -> meters.value(state -> state.oldestProof()
                        .map(time -> (double) time.getEpochSecond())
                        .orElse(Double.NaN)))
                .description("When that pack of the target was stored or read back of which this is longest ago")
                .tag("target", target)
                .strongReference(true)
                .register(registry);
        Gauge.builder("clusterbackup_scrub_damaged_packs", this, meters -> meters.value(
                        state -> state.damaged().size()))
                .description("Packs of the target that were found damaged or missing and are not mended")
                .tag("target", target)
                .strongReference(true)
                .register(registry);
        Gauge.builder("clusterbackup_scrub_objective_seconds", within, Duration::toSeconds)
                .description("How long ago the oldest proof may be")
                .tag("target", target)
                .strongReference(true)
                .register(registry);
    }

    void known(ScrubState state) {
        known.set(state);
    }

    private double value(ToDoubleFunction<ScrubState> of) {
        var state = known.get();
        return state == null ? Double.NaN : of.applyAsDouble(state);
    }
}
