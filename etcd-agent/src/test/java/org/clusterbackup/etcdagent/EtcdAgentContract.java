package org.clusterbackup.etcdagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ConditionTimeoutException;
import org.clusterbackup.agent.testing.AgentProcess;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.etcd.MemberStatus;
import org.clusterbackup.etcd.testing.EtcdCluster;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.EventCodec;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryPlan;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.ReaderOptions;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.Identity;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.crypto.Recipients;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.testing.TcpProxy;
import org.clusterbackup.service.GrouplessReader;
import org.clusterbackup.service.Received;
import org.clusterbackup.service.Start;
import org.clusterbackup.service.testing.Broker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The packaged agent against a real broker, members of a real etcd and a staging repository in a directory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EtcdAgentContract {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String SOURCE = "etcd/main";
    private static final int MIB = 1 << 20;

    private final Path folder;
    private final EtcdCluster etcd;
    private final List<TcpProxy> proxies = new ArrayList<>();
    private final Broker broker;
    private final KeysDirectory keys;
    private final DirectoryStore staging;
    private final Repository repository;
    private final AgentProcess agent;
    private final KafkaProducer<String, String> producer;
    private final GrouplessReader reader;
    private final List<BackupEvent> events = new CopyOnWriteArrayList<>();

    EtcdAgentContract(Path folder, int size) throws Exception {
        this.folder = folder;
        etcd = EtcdCluster.start(folder.resolve("etcd"), size);
        etcd.fill("/x/", 20, MIB - 4096);
        // As an API server that encrypts writes them, and neighbours that are none of it. More Secrets than are asked
        // for at once.
        etcd.ctl("put", "/registry/namespaces/kube-system", "k8s:enc:aescbc:v1:key1:x");
        etcd.ctl("put", "/registry/namespaces/kube-system-two", "k8s:enc:aesgcm:v1:key1:x");
        etcd.fill("/registry/secrets/a/", 20, 10);
        etcd.ctl("put", "/registry/secrets/b/last", "k8s:enc:kms:v2:service:x");
        etcd.ctl("put", "/registry/secretsx/a", "k8s:enc:secretbox:v1:key1:x");
        etcd.enableAuth();
        for (var endpoint : etcd.endpoints()) {
            proxies.add(TcpProxy.to(Endpoint.parse(endpoint).port()));
        }
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
        var access = etcd.access();
        agent = new AgentProcess(
                folder,
                folder.resolve("staging"),
                keys,
                "etcd-agent",
                broker.bootstrapServers(),
                freePort(),
                List.of(
                        "-Dclusterbackup.etcd.name=main",
                        "-Dclusterbackup.etcd.endpoints=" + String.join(",", seen()),
                        "-Dclusterbackup.etcd.ca-file=" + access.ca().orElseThrow(),
                        "-Dclusterbackup.etcd.certificate-file="
                                + access.certificate().orElseThrow(),
                        "-Dclusterbackup.etcd.key-file=" + access.key().orElseThrow(),
                        "-Dclusterbackup.etcd.user-file=" + access.user().orElseThrow(),
                        "-Dclusterbackup.etcd.password-file="
                                + access.password().orElseThrow(),
                        "-Xmx208m"));
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
        for (var proxy : proxies) {
            proxy.close();
        }
        etcd.close();
    }

    /** Client URLs as the agent knows them. */
    private List<String> seen() {
        return proxies.stream()
                .map(proxy -> "https://127.0.0.1:" + proxy.port())
                .toList();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void request(String run) {
        var request = new BackupRequested(Optional.of(run), Optional.empty(), List.of(), Optional.empty());
        var _ = producer.send(new ProducerRecord<>(
                Topics.BACKUP_REQUESTED.name(), new String(EventCodec.encode(request), StandardCharsets.UTF_8)));
        producer.flush();
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

    private Manifest awaitArtifact(String run) throws IOException, BackupException {
        var ready = awaitEvent(
                ArtifactReady.class, any -> any.run().filter(run::equals).isPresent());
        try (var opened = open(ready)) {
            return opened.manifest();
        }
    }

    private ArtifactReader open(ArtifactReady ready) throws BackupException, IOException {
        var ref = new ArtifactRef(new SourceName(ready.source()), new ArtifactId(ready.artifact()));
        return ArtifactReader.open(
                staging,
                repository.description().repository(),
                repository.signers(),
                Envelope.openedBy(Identity.read(keys.identity())),
                ref,
                ReaderOptions.defaults(folder.resolve("spool")));
    }

    @Test
    void anEmptyRequestMakesASnapshotThatEtcdTakes() throws Exception {
        var survey = etcd.cluster().survey();
        var _ = producer.send(new ProducerRecord<>(Topics.BACKUP_REQUESTED.name(), "{}"));
        producer.flush();
        var ready = awaitEvent(
                ArtifactReady.class,
                any -> any.run().filter(run -> run.startsWith("manual-")).isPresent());

        try (var opened = open(ready);
                var file = Files.newOutputStream(etcd.file("snapshot"))) {
            opened.copyTo(file, count -> {});
            var details = opened.manifest().details();
            assertThat(details.path("clusterId").asText())
                    .isEqualTo(MemberStatus.hex(survey.members().getFirst().cluster()));
            assertThat(details.path("revision").asLong())
                    .isEqualTo(survey.keys().revision());
            assertThat(details.path("keys").asLong()).isEqualTo(44);
            assertThat(details.path("kubernetes")).hasToString("{\"encryption\":[\"aescbc\",\"kms\"]}");
            assertThat(details.path("auth").asBoolean()).isTrue();
            assertThat(details.path("usedBytes").asLong()).isGreaterThan(19L * MIB);
            assertThat(opened.manifest().origin().tool().name()).isEqualTo("etcd");
        }
        assertThat(etcd.snapshotStatus("snapshot"))
                .contains("\"Revision\" : " + survey.keys().revision());
        assertThat(all(SourceAnnounced.class, source -> source.source().equals(SOURCE)))
                .first()
                .satisfies(source -> assertThat(source.problem()).isEmpty());
    }

    @Test
    void memberKilledInMidSnapshotIsLeftForAnotherAndNothingHalfIsKept() throws Exception {
        var before = new Artifacts(staging).list(new SourceName(SOURCE)).size();
        var killed = new AtomicInteger(-1);
        for (var i = 0; i < proxies.size(); i++) {
            var index = i;
            // Much less than a snapshot, much more than all questions before it.
            proxies.get(i).whenPassed(2L * MIB, () -> {
                if (killed.compareAndSet(-1, index)) {
                    etcd.kill(member(index));
                }
            });
        }
        request("killed");

        var manifest = awaitArtifact("killed");

        assertThat(killed.get()).isNotNegative();
        var dead = seen().get(killed.get());
        assertThat(all(
                        BackupFailed.class,
                        failed -> failed.run().filter("killed"::equals).isPresent()))
                .isNotEmpty()
                .noneMatch(BackupFailed::ended);
        assertThat(manifest.details().path("endpoint").asText()).isNotEqualTo(dead);
        assertThat(manifest.origin().warnings())
                .anySatisfy(warning -> assertThat(warning).contains(dead));
        assertThat(new Artifacts(staging).list(new SourceName(SOURCE))).hasSize(before + 1);
        etcd.restart(List.of(member(killed.get())));
    }

    private Endpoint member(int index) {
        try {
            return Endpoint.parse(etcd.endpoints().get(index));
        } catch (BackupException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void memoryStaysBelow384Mebibytes() throws Exception {
        request("memory");
        awaitArtifact("memory");

        assertThat(agent.peakMemory()).isLessThan(384);
    }
}
