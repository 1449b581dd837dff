package org.clusterbackup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.events.CloudEvent;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.Rejected;
import org.clusterbackup.events.SourceRetired;
import org.clusterbackup.events.Topics;
import org.clusterbackup.service.testing.Broker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Against one real broker, which the last tests kill and rebuild. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KafkaIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final BackupEvent REQUEST =
            new BackupRequested(Optional.of("run-1"), Optional.empty(), List.of("brick/*"), Optional.empty());

    private static final TopicPartition CANCELLED = new TopicPartition("backup-cancelled", 0);

    private static Broker broker;
    private static EventPublisher publisher;

    private final List<ConsumerRecord<byte[], byte[]>> read = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        broker = Broker.start();
        publisher = new EventPublisher(broker.settings(), "/test");
    }

    @AfterAll
    static void stop() throws Exception {
        publisher.close();
        broker.close();
    }

    private GrouplessReader reader(String topic, Start start) {
        return new GrouplessReader(broker.settings(), List.of(topic), start, read::add);
    }

    private List<Decoded> decoded() {
        return read.stream().map(record -> Received.of(record).decoded()).toList();
    }

    @Test
    @Order(1)
    void eventComesBackAsItWasWithCloudEventsHeaders() throws Exception {
        publisher.publish(REQUEST);

        try (var _ = reader("backup-requested", new Start.Beginning())) {
            await().atMost(SOON).until(() -> !read.isEmpty());
        }

        assertThat(decoded().getFirst()).isEqualTo(new Decoded.Event(REQUEST));
        assertThat(Received.headers(read.getFirst().headers()))
                .containsEntry(CloudEvent.TYPE, "org.clusterbackup.backup-requested.v1")
                .containsEntry(CloudEvent.SOURCE, "/test")
                .containsKeys(CloudEvent.ID, CloudEvent.TIME);
    }

    @Test
    @Order(2)
    void plainJsonWithoutKeyOrHeadersIsRead() throws Exception {
        try (var reader = reader("backup-requested", new Start.End())) {
            reader.caughtUp().get();
            send("backup-requested", "{}");
            await().atMost(SOON).until(() -> !read.isEmpty());
        }

        var request = Received.of(read.getFirst()).request().orElseThrow();
        assertThat(request.run()).matches("manual-0-[0-9]+-[0-9]+");
        assertThat(request.deadline()).isEqualTo(request.requested().plus(Duration.ofHours(24)));
    }

    @Test
    @Order(3)
    void garbageIsRejectedAndWhatFollowsIsRead() throws Exception {
        try (var reader = reader("backup-cancelled", new Start.End())) {
            reader.caughtUp().get();
            send("backup-cancelled", "\u0000garbage");
            publisher.publish(new BackupCancelled("run-1", List.of()));
            await().atMost(SOON).until(() -> read.size() == 2);
        }

        assertThat(decoded().getFirst()).isInstanceOf(Decoded.Rejection.class);
        assertThat(decoded().getLast()).isInstanceOf(Decoded.Event.class);
    }

    @Test
    @Order(3)
    void rejectedRecordKeepsItsBytesAndSaysWhereItStood() throws Exception {
        var bytes = "garbage".getBytes(StandardCharsets.UTF_8);

        publisher.reject(
                Topics.BACKUP_REQUESTED, new ConsumerRecord<>("backup-requested", 0, 42, null, bytes), "not JSON");

        try (var _ = reader("backup-requested-rejected", new Start.Beginning())) {
            await().atMost(SOON).until(() -> !read.isEmpty());
        }
        assertThat(read.getFirst().value()).isEqualTo(bytes);
        assertThat(Received.headers(read.getFirst().headers()))
                .containsEntry(Rejected.REASON, "not JSON")
                .containsEntry(Rejected.OFFSET, "42");
    }

    @Test
    @Order(3)
    void tombstoneRetires() throws Exception {
        publisher.publish(new SourceRetired("host/node-a"));

        try (var _ = reader("backup-sources", new Start.Beginning())) {
            await().atMost(SOON).until(() -> !read.isEmpty());
        }

        assertThat(decoded().getFirst()).isEqualTo(new Decoded.Event(new SourceRetired("host/node-a")));
    }

    @Test
    @Order(3)
    void sameEventThreeTimesIsThreeRecordsOfOneRun() throws Exception {
        try (var reader = reader("backup-requested", new Start.End())) {
            reader.caughtUp().get();
            for (var i = 0; i < 3; i++) {
                publisher.publish(REQUEST);
            }
            await().atMost(SOON).until(() -> read.size() == 3);
        }

        var requests = read.stream()
                .map(record -> Received.of(record).request().orElseThrow())
                .toList();
        assertThat(Outstanding.judge(requests, List.of(), "brick/gv0/0/a", Instant.now()))
                .extracting(Outstanding::verdict)
                .containsExactly(Outstanding.Verdict.RUN);
    }

    @Test
    @Order(3)
    void topicsHaveTheirSettings() throws Exception {
        try (var admin = new TopicAdmin(broker.settings())) {
            assertThat(admin.createMissing(1)).isEmpty();
            assertThat(admin.ends(List.of("artifact-ready"))).hasSize(12);
            assertThat(admin.ends(List.of("no-such-topic"))).isEmpty();
            assertThat(admin.committed("nobody")).isEmpty();
        }
    }

    /** Why lag is asked of the brokers: the client counts from where it reads next, so a job of hours is no lag to it. */
    @Test
    @Order(3)
    void toTheClientARecordThatIsBeingWorkedOnIsNoLagWhileTheBrokersSayOne() throws Exception {
        var settings = Map.<String, Object>of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "group.id",
                "worker",
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false);
        publisher.publish(new BackupCancelled("run-2", List.of()));
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var admin = new TopicAdmin(broker.settings())) {
            // Given all records handed over, the last still worked on, as by a channel that polls on meanwhile
            consumer.subscribe(List.of("backup-cancelled"));
            long end = Objects.requireNonNull(
                    admin.ends(List.of("backup-cancelled")).get(CANCELLED));
            await().atMost(SOON).until(() -> {
                consumer.poll(Duration.ofMillis(100));
                return consumer.assignment().stream().anyMatch(partition -> consumer.position(partition) == end);
            });
            consumer.commitSync(Map.of(CANCELLED, new OffsetAndMetadata(end - 1)));
            consumer.poll(Duration.ofMillis(100));

            // Then
            var byTheClient = consumer.metrics().values().stream()
                    .filter(metric -> metric.metricName().name().equals("records-lag-max"))
                    .filter(metric -> metric.metricName().tags().size() == 1)
                    .map(metric -> metric.metricValue())
                    .toList();
            long committed = Objects.requireNonNull(admin.committed("worker").get(CANCELLED));
            assertThat(byTheClient).containsExactly(0.0);
            assertThat(end - committed).isEqualTo(1);
        }
    }

    @Test
    @Order(4)
    void readerAndPublisherSurviveARestartOfTheBroker() throws Exception {
        try (var reader = reader("backup-cancelled", new Start.End())) {
            reader.caughtUp().get();
            broker.kill();
            publisher.hint(new BackupCancelled("run-2", List.of()));
            broker.restart();

            await().atMost(SOON).untilAsserted(() -> assertThat(decoded())
                    .containsExactly(new Decoded.Event(new BackupCancelled("run-2", List.of()))));
        }
    }

    @Test
    @Order(5)
    void readerReadsARebuiltKafkaFromItsBeginning() throws Exception {
        var runs = IntStream.range(0, 5)
                .<BackupEvent>mapToObj(i -> new BackupCancelled("new-" + i, List.of()))
                .toList();
        var told = new AtomicInteger();
        try (var reader = new GrouplessReader(
                broker.settings(), List.of("backup-cancelled"), new Start.End(), read::add, told::incrementAndGet)) {
            reader.caughtUp().get();
            broker.kill();
            broker.restartEmpty();
            try (var another = new EventPublisher(broker.settings(), "/test")) {
                for (var run : runs) {
                    another.publish(run);
                }
            }

            await().atMost(SOON).untilAsserted(() -> assertThat(decoded())
                    .containsExactlyElementsOf(
                            runs.stream().<Decoded>map(Decoded.Event::new).toList()));
        }
        assertThat(read)
                .extracting(record -> new TopicPartition(record.topic(), record.partition()))
                .containsOnly(new TopicPartition("backup-cancelled", 0));
        assertThat(told).hasValue(1);
    }

    /** A rebuilt Kafka gives a new producer the id that one which lives on has: neither may swallow the other's records. */
    @Test
    @Order(6)
    void recordsOfAPublisherThatOutlivedItsKafkaAreKept() throws Exception {
        try (var survivor = new EventPublisher(broker.settings(), "/survivor")) {
            survivor.publish(new BackupCancelled("before-0", List.of()));
            survivor.publish(new BackupCancelled("before-1", List.of()));
            broker.kill();
            broker.restartEmpty();
            for (var id = 0; id < 4; id++) {
                try (var another = new EventPublisher(broker.settings(), "/another")) {
                    for (var i = 0; i < 4; i++) {
                        another.publish(new BackupCancelled("another-" + i, List.of()));
                    }
                }
            }
            survivor.publish(new BackupCancelled("survivor", List.of()));
        }

        try (var reader = reader("backup-cancelled", new Start.Beginning())) {
            reader.caughtUp().get();
        }
        assertThat(decoded()).contains(new Decoded.Event(new BackupCancelled("survivor", List.of())));
    }

    private static void send(String topic, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                broker.settings().producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }
}
