package org.clusterbackup.scheduler;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when everything was read that Kafka had: before that the page would show ages that are not true. */
@Readiness
@ApplicationScoped
class ReadEverything implements HealthCheck {
    private final Scheduler scheduler;

    ReadEverything(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public HealthCheckResponse call() {
        var ready = scheduler
                .parts()
                .map(parts -> parts.reader().caughtUp().isDone())
                .orElse(false);
        return HealthCheckResponse.named("read every event").status(ready).build();
    }
}
