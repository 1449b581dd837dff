package org.clusterbackup.shipper;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.service.Received;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes {@code artifact-ready} records; each is acknowledged when its artifact is shipped or has failed for good. */
@ApplicationScoped
class ReadyConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(ReadyConsumer.class);

    private final Shipments shipments;

    ReadyConsumer(Shipments shipments) {
        this.shipments = shipments;
    }

    /** Returns at once: a small artifact does not wait behind a brick. */
    @Incoming("artifact-ready")
    CompletionStage<Void> ready(Message<byte[]> message) {
        var received = Received.of(message);
        switch (received.decoded()) {
            case Decoded.Event(ArtifactReady ready) -> {
                var ref = new ArtifactRef(new SourceName(ready.source()), new ArtifactId(ready.artifact()));
                var _ = shipments.request(ref, ready.run()).thenCompose(_ -> message.ack());
            }
            case Decoded.Event _ -> message.ack();
            case Decoded.Rejection(var reason) -> {
                LOG.warn("record is not understood record={}: {}", received.place(), reason);
                message.ack();
            }
        }
        return CompletableFuture.completedFuture(null);
    }
}
