package org.clusterbackup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.clusterbackup.events.BackupCancelled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EventPublisherTest {
    private final CountDownLatch broker = new CountDownLatch(1);
    private final MockProducer<byte[], byte[]> blocking =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                @Override
                public synchronized Future<RecordMetadata> send(
                        ProducerRecord<byte[], byte[]> record, Callback callback) {
                    try {
                        broker.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return super.send(record, callback);
                }
            };

    @Test
    @Timeout(60)
    void hintReturnsThoughTheClientBlocksUntilItKnowsABroker() {
        try (var publisher = new EventPublisher(blocking, "/test", Clock.systemUTC())) {
            for (var i = 0; i < 10; i++) {
                publisher.hint(new BackupCancelled("run-" + i, List.of()));
            }
            assertThat(broker.getCount()).as("nothing has let the client go on").isOne();

            broker.countDown();

            await().until(() -> blocking.history().size() == 10);
        }
    }
}
