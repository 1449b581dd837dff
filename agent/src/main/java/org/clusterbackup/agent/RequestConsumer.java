package org.clusterbackup.agent;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.clusterbackup.service.Received;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Takes requests from Kafka; each is acknowledged when events say what became of it. */
@ApplicationScoped
class RequestConsumer {
    private final Agent agent;

    RequestConsumer(Agent agent) {
        this.agent = agent;
    }

    @Incoming("backup-requested")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    CompletionStage<Void> request(Message<byte[]> message) {
        var _ = agent.accept(Received.of(message)).thenCompose(done -> message.ack());
        return CompletableFuture.completedFuture(null);
    }
}
