package org.clusterbackup.shipper;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when staging and target were reached and believed once. */
@Readiness
@Singleton
class EndsOpen implements HealthCheck {
    private final Opening opening;

    EndsOpen(Opening opening) {
        this.opening = opening;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("staging and target")
                .status(opening.isDone())
                .build();
    }
}
