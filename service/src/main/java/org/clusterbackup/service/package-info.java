/**
 * What every service that talks over Kafka shares: plain classes, made with {@code new}; a framework only at the edge.
 *
 * <p>A grouped consumer takes whole records from SmallRye Reactive Messaging, returns at once and acknowledges when its
 * worker is done:
 *
 * <pre>
 * mp.messaging.incoming.artifact-ready.connector=smallrye-kafka
 * mp.messaging.incoming.artifact-ready.topic=artifact-ready
 * mp.messaging.incoming.artifact-ready.group.id=shipper-${clusterbackup.target.name}
 * mp.messaging.incoming.artifact-ready.key.deserializer=org.apache.kafka.common.serialization.StringDeserializer
 * mp.messaging.incoming.artifact-ready.value.deserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer
 * mp.messaging.incoming.artifact-ready.cloud-events=false
 * mp.messaging.incoming.artifact-ready.auto.offset.reset=earliest
 * mp.messaging.incoming.artifact-ready.session.timeout.ms=10000
 * mp.messaging.incoming.artifact-ready.commit-strategy=throttled
 * # the default, 60 s, takes a consumer whose work lasts longer out of its group
 * mp.messaging.incoming.artifact-ready.throttled.unprocessed-record-max-age.ms=0
 * </pre>
 *
 * <pre>{@code
 * @Incoming("artifact-ready")
 * CompletionStage<Void> ship(Message<byte[]> message) {
 *     switch (Received.of(message).decoded()) {
 *         case Decoded.Rejection rejection -> message.ack();  // the scheduler rejects it, once for all
 *         case Decoded.Event(ArtifactReady ready) -> workers.enqueue(ready.source(), () -> shipment.of(ready))
 *                 .thenRun(message::ack);
 *         ...
 *     }
 *     return CompletableFuture.completedFuture(null);  // not the worker's: that would hold up the next record
 * }
 * }</pre>
 */
@NullMarked
package org.clusterbackup.service;

import org.jspecify.annotations.NullMarked;
