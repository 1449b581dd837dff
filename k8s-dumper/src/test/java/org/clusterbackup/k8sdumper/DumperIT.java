package org.clusterbackup.k8sdumper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.EventCodec;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.Topics;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.kubernetes.testing.KubeApi;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
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

/** The packaged agent against a real broker, a real API server and a staging repository in a directory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DumperIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String SOURCE = "kubernetes/main";

    private static final int LARGE = 40;

    private final Path folder;
    private final KubeApi kube;
    private final Broker broker;
    private final KeysDirectory keys;
    private final DirectoryStore staging;
    private final Repository repository;
    private final AgentProcess agent;
    private final KafkaProducer<String, String> producer;
    private final GrouplessReader reader;
    private final List<BackupEvent> events = new CopyOnWriteArrayList<>();

    DumperIT(@TempDir Path folder) throws Exception {
        this.folder = folder;
        kube = KubeApi.start(folder.resolve("kube"));
        try (var client = kube.client()) {
            for (var i = 0; i < LARGE; i++) {
                var value = String.valueOf((char) ('a' + i % 26)).repeat(1_000_000);
                kube.apply(
                        client,
                        "/api/v1/namespaces/default/configmaps/large" + i,
                        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"large" + i
                                + "\"},\"data\":{\"v\":\"" + value + "\"}}");
            }
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
        agent = new AgentProcess(
                folder,
                folder.resolve("staging"),
                keys,
                "k8s-dumper",
                broker.bootstrapServers(),
                freePort(),
                List.of(
                        "-Dclusterbackup.kubernetes.name=main",
                        "-Dclusterbackup.kubernetes.retry-for=PT1S",
                        "-Dclusterbackup.kubernetes.kubeconfig=" + kube.kubeconfigOf("limited"),
                        "-Xmx208m"));
    }

    private void apply(String path, String json) throws BackupException {
        try (var client = kube.client()) {
            kube.apply(client, path, json);
        }
    }

    /** What {@code docs/configuration.md} asks for. */
    private void grantEverything() throws BackupException {
        apply("/apis/rbac.authorization.k8s.io/v1/clusterroles/dumper", """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"dumper"},
                 "rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["get","list"]},{"nonResourceURLs":["*"],"verbs":["get"]}]}
                """);
        apply("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/dumper", """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"dumper"},
                 "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"dumper"},
                 "subjects":[{"kind":"User","name":"limited","apiGroup":"rbac.authorization.k8s.io"}]}
                """);
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
        kube.close();
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
    void saysWhichRightsItLacksAndBacksUpWhenItHasThem() throws Exception {
        awaitEvent(SourceAnnounced.class, source -> source.problem().isPresent());
        request("without-rights");
        awaitEvent(
                BackupFailed.class,
                failed -> failed.run().filter("without-rights"::equals).isPresent());
        assertThat(new Artifacts(staging).list(new SourceName(SOURCE))).isEmpty();

        grantEverything();
        awaitEvent(SourceAnnounced.class, source -> source.problem().isEmpty());
        request("with-rights");
        var ready = awaitEvent(
                ArtifactReady.class,
                any -> any.run().filter("with-rights"::equals).isPresent());

        var file = folder.resolve("objects.tar");
        try (var opened = open(ready);
                var out = Files.newOutputStream(file)) {
            opened.copyTo(out, count -> {});
            var details = opened.manifest().details();
            assertThat(opened.manifest().origin().warnings()).isEmpty();
            assertThat(details.path("serverVersion").asText()).startsWith("v1.");
            assertThat(details.path("firstRevision").asLong()).isPositive();
            try (var archive = ObjectArchive.open(file)) {
                assertThat(details.path("objects").asInt())
                        .isEqualTo(archive.objects().size())
                        .isGreaterThan(LARGE);
            }
        }
        assertThat(agent.peakMemory()).isLessThan(384);
    }
}
