package org.clusterbackup.agent;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when staging was opened, the sources announced and requests are worked off. */
@Readiness
@Singleton
class AgentReady implements HealthCheck {
    private final Agent agent;

    AgentReady(Agent agent) {
        this.agent = agent;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("requests").status(agent.isReady()).build();
    }
}
