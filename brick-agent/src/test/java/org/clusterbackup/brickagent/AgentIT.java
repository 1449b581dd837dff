package org.clusterbackup.brickagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ConditionTimeoutException;
import org.clusterbackup.agent.testing.AgentProcess;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.EventCodec;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryPlan;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.ReaderOptions;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.Identity;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.crypto.Recipients;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.service.GrouplessReader;
import org.clusterbackup.service.Received;
import org.clusterbackup.service.Start;
import org.clusterbackup.service.testing.Broker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The packaged agent against a real broker, a real XFS and a staging repository in a directory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgentIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String BRICK = "brick/gv0/0/node-a";
    private static final String HOST = "host/node-a";

    private final Path folder;
    private final Path host;
    private final Broker broker;
    private final KeysDirectory keys;
    private final DirectoryStore staging;
    private final Repository repository;
    private final LoopXfs xfs;
    private final GlusterNode gluster;
    private final AgentProcess agent;
    private final KafkaProducer<String, String> producer;
    private final GrouplessReader reader;
    private final List<BackupEvent> events = new CopyOnWriteArrayList<>();

    AgentIT(@TempDir Path folder) throws Exception {
        this.folder = folder;
        host = Files.createDirectories(folder.resolve("host"));
        gluster = new GlusterNode(host);
        xfs = LoopXfs.create(Files.createDirectories(host.resolve("media")), "brick0");
        xfs.brick(gluster.volume("gv0", "/media/brick0/brick"));
        xfs.run("cd brick; head -c 150000000 /dev/urandom >big; mkdir d; for i in $(seq 200); do echo $i >d/$i; done");
        keys = KeysDirectory.generate(folder.resolve("keys"), List.of());
        staging = new DirectoryStore(Files.createDirectories(folder.resolve("staging")));
        repository = Repository.init(
                staging,
                RepositoryPlan.fresh(
                        Optional.empty(),
                        Encryption.AGE,
                        Recipients.read(keys.recipients()).values()),
                SigningKey.read(keys.signingKey("operator")),
                AllowedSigners.read(keys.allowedSigners()));
        broker = Broker.start();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()), new StringSerializer(), new StringSerializer());
        reader = new GrouplessReader(
                broker.settings(),
                List.of("artifact-ready", "backup-failed", "backup-progress", "backup-sources"),
                new Start.Beginning(),
                record -> {
                    if (Received.of(record).decoded() instanceof Decoded.Event(var event)) {
                        events.add(event);
                    }
                });
        agent = new AgentProcess(
                folder,
                folder.resolve("staging"),
                keys,
                "brick-agent",
                broker.bootstrapServers(),
                freePort(),
                List.of(
                        "-Dclusterbackup.node=node-a",
                        "-Dclusterbackup.host-root=" + host,
                        "-Dclusterbackup.host-state.paths=/var/lib/glusterd"));
    }

    @BeforeAll
    void comeUp() {
        agent.awaitReady();
    }

    @AfterAll
    void goDown() throws Exception {
        agent.close();
        reader.close();
        producer.close();
        broker.close();
        xfs.close();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void send(String topic, String value) {
        var _ = producer.send(new ProducerRecord<>(topic, value));
        producer.flush();
    }

    private void request(String run, String... sources) {
        request(run, Optional.empty(), sources);
    }

    private void request(String run, Optional<Instant> deadline, String... sources) {
        var request = new BackupRequested(Optional.of(run), Optional.empty(), List.of(sources), deadline);
        send(Topics.BACKUP_REQUESTED.name(), new String(EventCodec.encode(request), StandardCharsets.UTF_8));
    }

    private <T extends BackupEvent> List<T> all(Class<T> type, Predicate<T> wanted) {
        return events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(wanted)
                .toList();
    }

    private <T extends BackupEvent> T awaitEvent(Class<T> type, Predicate<T> wanted) throws IOException {
        try {
            await().atMost(SOON).until(() -> !all(type, wanted).isEmpty());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(agent.log(), e);
        }
        return all(type, wanted).getFirst();
    }

    private ArtifactReady awaitReady(String run, String source) throws IOException {
        return awaitEvent(ArtifactReady.class, ready -> isOf(ready, run, source));
    }

    private static boolean isOf(ArtifactReady ready, String run, String source) {
        return ready.run().filter(run::equals).isPresent() && ready.source().equals(source);
    }

    private BackupFailed awaitFinal(String run, String source) throws IOException {
        return awaitEvent(
                BackupFailed.class,
                failed -> failed.ended()
                        && failed.run().filter(run::equals).isPresent()
                        && failed.source().equals(source));
    }

    private List<ArtifactRef> committed(String source) throws Exception {
        return new Artifacts(staging).list(new SourceName(source));
    }

    @Test
    void anEmptyRequestBacksUpBrickAndHostSoThatTheyRestore() throws Exception {
        send(Topics.BACKUP_REQUESTED.name(), "{}");
        var ready = awaitEvent(ArtifactReady.class, any -> any.source().equals(BRICK));
        awaitEvent(ArtifactReady.class, any -> any.source().equals(HOST));

        var ref = new ArtifactRef(new SourceName(ready.source()), new ArtifactId(ready.artifact()));
        try (var opened = ArtifactReader.open(
                        staging,
                        repository.description().repository(),
                        repository.signers(),
                        Envelope.openedBy(Identity.read(keys.identity())),
                        ref,
                        ReaderOptions.defaults(folder.resolve("spool")));
                var file = Files.newOutputStream(folder.resolve("dump"))) {
            opened.copyTo(file, count -> {});
        }

        try (var restored = LoopXfs.create(folder, "restored")) {
            restored.run("xfsrestore -F -J -f " + folder.resolve("dump")
                    + " . >/dev/null 2>&1; rm -rf xfsrestorehousekeepingdir");
            assertThat(Shell.run(folder, "diff -r host/media/brick0/brick restored/brick"))
                    .isEmpty();
        }
    }

    @Test
    void sameEventThreeTimesMakesOneArtifact() throws Exception {
        var before = committed(HOST).size();

        request("thrice", HOST);
        request("thrice", HOST);
        request("thrice", HOST);
        request("after-thrice", HOST);
        awaitReady("thrice", HOST);
        awaitReady("after-thrice", HOST);

        assertThat(committed(HOST)).hasSize(before + 2);
    }

    @Test
    void garbageIsPassedOver() throws Exception {
        send(Topics.BACKUP_REQUESTED.name(), "garbage");
        request("after-garbage", HOST);

        assertThat(awaitReady("after-garbage", HOST).source()).isEqualTo(HOST);
    }

    @Test
    void brickThatIsAddedLaterIsFoundAndBackedUp() throws Exception {
        try (var more = LoopXfs.create(host.resolve("media"), "brick1")) {
            more.brick(gluster.volume("added", "/media/brick1/brick"));
            awaitEvent(SourceAnnounced.class, source -> source.source().equals("brick/added/0/node-a"));

            request("with-more", "brick/added/*");

            assertThat(awaitReady("with-more", "brick/added/0/node-a").streamBytes())
                    .isPositive();
        }
    }

    @Test
    void brickThatIsNotMountedFailsWithWhatToDo() throws Exception {
        gluster.volume("lost", "/media/nowhere/brick");

        request("lost", "brick/lost/*");

        assertThat(awaitFinal("lost", "brick/lost/0/node-a").message())
                .contains("is gone")
                .contains("mount its file system");
    }

    @Test
    void expiredRequestIsSaidToBe() throws Exception {
        request("expired", Optional.of(Instant.now().minusSeconds(1)), HOST);

        assertThat(awaitFinal("expired", HOST).kind()).isEqualTo(BackupFailed.EXPIRED);
    }

    @Test
    void cancelledBackupEndsAndCommitsNothing() throws Exception {
        xfs.run("cd brick; rm -f more; head -c 150000000 /dev/urandom >more");
        var before = committed(BRICK).size();
        send(
                Topics.BACKUP_CANCELLED.name(),
                new String(EventCodec.encode(new BackupCancelled("cancelled", List.of())), StandardCharsets.UTF_8));
        request("cancelled", BRICK);

        assertThat(awaitFinal("cancelled", BRICK).kind()).isEqualTo(BackupFailed.CANCELLED);
        assertThat(committed(BRICK)).hasSize(before);
    }

    @Test
    void killedAgentFinishesTheRunWhenItComesBack() throws Exception {
        xfs.run("cd brick; rm -f change; head -c 100000000 /dev/urandom >change");
        request("killed", BRICK);
        await().atMost(SOON).until(() -> agent.log().contains("backup begins run=killed"));
        agent.kill();
        agent.restart();
        agent.awaitReady();

        awaitReady("killed", BRICK);

        assertThat(all(ArtifactReady.class, ready -> isOf(ready, "killed", BRICK)).stream()
                        .map(ArtifactReady::artifact)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void memoryStaysBelowHalfAGibibyte() throws Exception {
        request("memory", BRICK);
        awaitReady("memory", BRICK);

        assertThat(agent.peakMemory()).isLessThan(512);
    }
}
