package org.clusterbackup.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.RecoveryPointDue;
import org.clusterbackup.scheduler.run.Book;
import org.clusterbackup.service.EventPublisher;
import org.clusterbackup.service.GrouplessReader;
import org.clusterbackup.service.KafkaSettings;
import org.clusterbackup.service.Received;
import org.clusterbackup.service.Start;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SchedulerIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String BRICK = "brick/gv0/0/node-a";

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap = "";

    @TestHTTPResource("/")
    @SuppressWarnings("NullAway.Init") // injected
    URL page;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ConsumerRecord<byte[], byte[]>> read = new CopyOnWriteArrayList<>();
    private KafkaSettings kafka = KafkaSettings.of("");

    @SuppressWarnings("NullAway.Init") // made before each test
    private EventPublisher events;

    @BeforeEach
    void connect() {
        kafka = KafkaSettings.of(bootstrap);
        events = new EventPublisher(kafka, "/test");
    }

    @AfterEach
    void disconnect() {
        events.close();
    }

    /** The first: it wants no other source. */
    @Test
    @Order(1)
    void emptyRequestBecomesARecoveryPointThatIsDueWhenAllIsShipped() throws Exception {
        try (var due = reader("recovery-point-due")) {
            due.caughtUp().get();
            events.publish(Events.announced(BRICK, Instant.now()));
            send("backup-requested", "{}");
            var run = firstRequest();
            events.publish(Events.shipped(run, BRICK, "a"));

            await().atMost(SOON).until(() -> dueOf(run).size() == 1);
            assertThat(dueOf(run).getFirst().target()).isEqualTo("a");
            assertThat(dueOf(run).getFirst().sources()).containsExactly(BRICK);

            events.publish(Events.failed(run, BRICK, Optional.of("b"), true));
            await().atMost(SOON).until(() -> dueOf(run).size() == 2);
        }
    }

    @Test
    void garbageIsRejectedOnceThoughTheSchedulerReadsItAgain() throws Exception {
        try (var rejected = reader("backup-requested-rejected")) {
            rejected.caughtUp().get();
            send("backup-requested", "garbage");
            await().atMost(SOON).until(() -> !read.isEmpty());
        }

        var again = new Intake(new Book(List.of("a"), new SignedLedgers(Optional.empty())), Clock.systemUTC());
        var all = new CopyOnWriteArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var reader = new GrouplessReader(kafka, Intake.topics(), new Start.Beginning(), again::take);
                var rejected = new GrouplessReader(
                        kafka, List.of("backup-requested-rejected"), new Start.Beginning(), all::add)) {
            reader.caughtUp().get();
            rejected.caughtUp().get();
        }

        assertThat(read).hasSize(1);
        assertThat(all).hasSize(1);
        assertThat(new String(read.getFirst().value(), StandardCharsets.UTF_8)).isEqualTo("garbage");
        assertThat(again.owedRejections()).isEmpty();
    }

    @Test
    void replayKnowsWhatWasReached() throws Exception {
        events.publish(Events.announced("etcd/main", Instant.now()));
        events.publish(
                new BackupRequested(Optional.of("replayed"), Optional.empty(), List.of("etcd/*"), Optional.empty()));
        events.publish(Events.shipped("replayed", "etcd/main", "a"));
        events.publish(Events.reached("replayed", "a", 1, "complete", "etcd/main"));

        var book = new Book(List.of("a"), new SignedLedgers(Optional.empty()));
        try (var reader = new GrouplessReader(
                kafka, Intake.topics(), new Start.Beginning(), new Intake(book, Clock.systemUTC())::take)) {
            reader.caughtUp().get();
        }

        var later = Instant.now().plus(Duration.ofDays(2));
        assertThat(book.knows("replayed")).isTrue();
        assertThat(book.due(later, Duration.ZERO, Duration.ZERO, _ -> List.of()))
                .extracting(RecoveryPointDue::run)
                .doesNotContain("replayed");
    }

    @Test
    void runStartsOnlyWithTheToken() throws Exception {
        assertThat(post("{}", "wrong").statusCode()).isEqualTo(403);
        assertThat(post("{\"source\":[\"x\"]}", "secret").statusCode()).isEqualTo(400);

        var answer = post("{\"run\":\"by-hand\",\"sources\":[\"nothing/*\"]}", "secret");

        assertThat(answer.statusCode()).isEqualTo(202);
        await().atMost(SOON).until(() -> get("api/status").body().contains("by-hand"));
    }

    @Test
    void pageSaysThatNotAllIsProtected() throws Exception {
        await().atMost(SOON).until(() -> get("").statusCode() == 200);

        assertThat(get("").body()).contains("NOT PROTECTED as wanted").contains("Owed work");
    }

    @Test
    void lastDrillIsAMetricAndOnThePage() throws Exception {
        events.publish(Events.drill("drilled", "a", 7, Instant.ofEpochSecond(1_800_000_000), true, true));

        await().atMost(SOON).until(() -> get("q/metrics").body().contains("clusterbackup_drill_ok{target=\"a\"} 1.0"));

        assertThat(get("q/metrics").body()).contains("clusterbackup_drill_timestamp_seconds{target=\"a\"} 1.8E9");
        assertThat(get("").body()).contains("ago, good<br><small>drilled</small>");
    }

    @Test
    void objectivesAreMetrics() {
        await().atMost(SOON).until(() -> get("q/metrics")
                .body()
                .contains("clusterbackup_recovery_point_objective_seconds{policy=\"yearly\",target=\"a\"} 3.456E7"));
    }

    @Test
    void skewOfAClockIsAMetricForWhatIsAnnouncedNow() throws Exception {
        await().atMost(SOON).until(() -> get("q/health/ready").statusCode() == 200);
        events.publish(Events.announced("host/late", Instant.now().minusSeconds(6000)));

        await().atMost(SOON)
                .until(() ->
                        get("q/metrics").body().contains("clusterbackup_clock_skew_seconds{source=\"host/late\"} -60"));
    }

    @Test
    void everyMetricOfTheSchedulerHasHelp() throws Exception {
        await().atMost(SOON)
                .until(() -> get("q/metrics").body().contains("clusterbackup_refreshed_timestamp_seconds "));

        var body = get("q/metrics").body();

        assertThat(body.lines()
                        .filter(line -> line.startsWith("clusterbackup_"))
                        .map(line -> line.replaceFirst("[{ ].*", ""))
                        .distinct())
                .hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(body).containsPattern("# HELP " + name + " \\S"));
    }

    @Test
    void readyWhenEverythingIsRead() {
        await().atMost(SOON).until(() -> get("q/health/ready").statusCode() == 200);
    }

    private GrouplessReader reader(String topic) {
        return new GrouplessReader(kafka, List.of(topic), new Start.End(), read::add);
    }

    private List<RecoveryPointDue> dueOf(String run) {
        return read.stream()
                .map(record -> Received.of(record).decoded())
                .flatMap(decoded ->
                        decoded instanceof Decoded.Event(RecoveryPointDue due) ? Stream.of(due) : Stream.empty())
                .filter(due -> due.run().equals(run))
                .toList();
    }

    private String firstRequest() {
        var runs = new CopyOnWriteArrayList<String>();
        try (var _ = new GrouplessReader(
                kafka, List.of("backup-requested"), new Start.Beginning(), record -> Received.of(record)
                        .request()
                        .ifPresent(request -> runs.add(request.run())))) {
            await().atMost(SOON).until(() -> runs.stream().anyMatch(run -> run.startsWith("manual-0-")));
        }
        return runs.stream()
                .filter(run -> run.startsWith("manual-0-"))
                .findFirst()
                .orElseThrow();
    }

    private void send(String topic, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(page + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body, String token) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(page + "api/runs"))
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
