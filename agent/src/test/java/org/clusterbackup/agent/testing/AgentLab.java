package org.clusterbackup.agent.testing;

import java.io.IOException;
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
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.EventCodec;
import org.clusterbackup.events.Topics;
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
import org.clusterbackup.repository.store.testing.FreePorts;
import org.clusterbackup.service.GrouplessReader;
import org.clusterbackup.service.Received;
import org.clusterbackup.service.Start;
import org.clusterbackup.service.testing.Broker;

/** The packaged agent of the module that is tested, with a real broker, keys and a staging repository in a directory. */
public final class AgentLab implements AutoCloseable {
    /** Within this an agent does what it is asked for, also on a machine that stalls. */
    public static final Duration SOON = Duration.ofMinutes(2);

    private final Path folder;
    private final Broker broker;
    private final KeysDirectory keys;
    private final DirectoryStore staging;
    private final Repository repository;
    private final AgentProcess agent;
    private final KafkaProducer<String, String> producer;
    private final GrouplessReader reader;
    private final List<BackupEvent> events = new CopyOnWriteArrayList<>();

    /**
     * Starts the agent, without waiting for it.
     *
     * @param folder for everything
     * @param role whose signing key it has
     * @param options {@code -D} options of its own
     */
    public AgentLab(Path folder, String role, List<String> options) throws Exception {
        this.folder = folder;
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
                folder, folder.resolve("staging"), keys, role, broker.bootstrapServers(), FreePorts.next(), options);
    }

    public AgentProcess agent() {
        return agent;
    }

    public void send(String topic, String value) {
        var _ = producer.send(new ProducerRecord<>(topic, value));
        producer.flush();
    }

    /** @param sources patterns; none is all */
    public void request(String run, String... sources) {
        request(run, Optional.empty(), sources);
    }

    public void request(String run, Optional<Instant> deadline, String... sources) {
        var request = new BackupRequested(Optional.of(run), Optional.empty(), List.of(sources), deadline);
        send(Topics.BACKUP_REQUESTED.name(), new String(EventCodec.encode(request), StandardCharsets.UTF_8));
    }

    /** The events so far. */
    public <T extends BackupEvent> List<T> all(Class<T> type, Predicate<T> wanted) {
        return events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(wanted)
                .toList();
    }

    /** The first such event; waits for it. */
    public <T extends BackupEvent> T awaitEvent(Class<T> type, Predicate<T> wanted) throws IOException {
        try {
            Awaitility.await().atMost(SOON).until(() -> !all(type, wanted).isEmpty());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(agent.log(), e);
        }
        return all(type, wanted).getFirst();
    }

    /** The run's first artifact; waits for it. */
    public ArtifactReady awaitReady(String run) throws IOException {
        return awaitEvent(
                ArtifactReady.class, ready -> ready.run().filter(run::equals).isPresent());
    }

    /** What staging has of the source. */
    public List<ArtifactRef> committed(String source) throws BackupException {
        return new Artifacts(staging).list(new SourceName(source));
    }

    /** The caller closes it. */
    public ArtifactReader open(ArtifactReady ready) throws BackupException, IOException {
        return ArtifactReader.open(
                staging,
                repository.description().repository(),
                repository.signers(),
                Envelope.openedBy(Identity.read(keys.identity())),
                new ArtifactRef(new SourceName(ready.source()), new ArtifactId(ready.artifact())),
                ReaderOptions.defaults(folder.resolve("spool")));
    }

    @Override
    public void close() throws IOException {
        agent.close();
        reader.close();
        producer.close();
        broker.close();
    }
}
