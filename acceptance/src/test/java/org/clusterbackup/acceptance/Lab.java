package org.clusterbackup.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.store.testing.FreePorts;

/**
 * The whole system on one machine: Gluster servers with a replicated volume, a broker, staging, an SSH target
 * {@code far}, an S3 target {@code cloud}, and all services. Everything it starts it ends, by its id, last first.
 */
final class Lab implements AutoCloseable {
    static final String FAR = "far";
    static final String CLOUD = "cloud";
    static final String PROVISIONER = "provisioner/saved";

    private static final String S3_USER = "rootaccess";
    private static final String S3_SECRET = "rootsecret12345";

    /**
     * @param stagingInS3 otherwise staging is a folder that all see
     * @param slowly what comes in between then finds work that is being done
     * @param controlPlane whether there are etcd, Kubernetes and their agents, and a required source of the provisioner
     * @param servers of Gluster; each replica set has a brick on each of them
     * @param sets replica sets of the volume
     */
    record Options(
            String name, boolean stagingInS3, boolean slowly, boolean controlPlane, List<String> servers, int sets) {}

    private final Options options;
    private final Path folder;
    private final Path logs;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Map<String, Component> components = new LinkedHashMap<>();
    private final Map<String, Disk> disks = new HashMap<>();
    private final Map<String, Copy> copies = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> packsSeen = new HashMap<>();
    private final int kafkaPort = FreePorts.next();
    private final int sshPort = FreePorts.next();
    private final int s3Port = FreePorts.next();
    private final int prometheusPort = FreePorts.next();
    private final Thread atExit = new Thread(this::release);
    private final Gluster gluster;
    private final Tool tool;
    private final Optional<ControlPlane> controlPlane;
    private EventLog events;

    Lab(Options options) {
        this.options = options;
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            folder = Files.createTempDirectory(Path.of("/var/tmp"), "cluster-backup-acceptance-");
            logs = Files.createDirectories(
                    Path.of("target", "lab", options.name()).toAbsolutePath());
            open.push(this::removeFolder);
            disk("staging", 3000);
            disk(FAR, 3000);
            disk(CLOUD, 3000);
            gluster = Gluster.replicated(folder.resolve("gluster"), "1G", options.servers(), options.sets());
            open.push(gluster);
            startServers();
            controlPlane = options.controlPlane()
                    ? Optional.of(ControlPlane.start(folder.resolve("control-plane"), this::component))
                    : Optional.empty();
            tool = new Tool(keys(), folder.resolve("sshd"), credentials());
            makeRepositories();
            events = new EventLog(bootstrapServers());
            open.push(() -> events.close());
            var services = new Services(this, options, credentials());
            services.start();
            if (options.controlPlane()) {
                watch(services.scraped());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            try (this) {
                e.addSuppressed(new AssertionError(logTails()));
                throw e;
            }
        }
    }

    private void disk(String name, int megabytes) {
        var disk = Disk.ext4(folder.resolve("disks").resolve(name), megabytes);
        disks.put(name, disk);
        open.push(disk);
    }

    // ------------------------------------------------------------------ what others wrote

    private void startServers() throws IOException {
        component("kafka", List.of(Checkout.script("start-kafka.sh"), folder + "/kafka", "" + kafkaPort), kafkaPort);
        component("sshd", List.of(Checkout.script("start-sshd.sh"), folder + "/sshd", "" + sshPort), sshPort);
        // The S3 server's data lie on the disk of the target.
        Files.createDirectories(folder.resolve("s3"));
        Files.createSymbolicLink(folder.resolve("s3/data"), disk(CLOUD).place());
        Files.createDirectories(disk(CLOUD).place().resolve("cloud"));
        Files.createDirectories(disk(CLOUD).place().resolve("staging"));
        component("s3", List.of(Checkout.script("start-versitygw.sh"), folder + "/s3", "" + s3Port), s3Port);
        createTopics();
    }

    /** A Prometheus with the rules that an operator gets. */
    private void watch(List<String> scraped) {
        var command = new ArrayList<>(
                List.of(Checkout.script("start-prometheus.sh"), folder + "/prometheus", "" + prometheusPort));
        command.addAll(scraped);
        component("prometheus", command, prometheusPort);
    }

    private void component(String name, List<String> command, int port) {
        add(new Component(name, command, Map.of(), log(name), () -> Ports.answers(port)))
                .start();
    }

    /** It is ended with the lab. */
    Component add(Component component) {
        components.put(component.name(), component);
        open.push(component);
        return component;
    }

    void createTopics() {
        try (var admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers()))) {
            admin.createTopics(Topics.ALL.stream()
                            .map(topic ->
                                    new NewTopic(topic.name(), topic.partitions(), (short) 1).configs(topic.settings()))
                            .toList())
                    .all()
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    // ------------------------------------------------------------------ ours

    Path keys() {
        return folder.resolve("keys");
    }

    private void makeRepositories() {
        tool.command("keys", "generate", keys().toString(), "--target", FAR, "--target", CLOUD)
                .run()
                .good();
        var s3 = "s3:http://127.0.0.1:" + s3Port;
        copies.put(
                "staging",
                options.stagingInS3()
                        ? new Copy(
                                "staging", s3 + "/staging", disk(CLOUD).place().resolve("staging"))
                        : copyInFolder("staging", ""));
        copies.put(FAR, copyInFolder(FAR, "sftp://root@127.0.0.1:" + sshPort));
        copies.put(CLOUD, new Copy(CLOUD, s3 + "/cloud", disk(CLOUD).place().resolve("cloud")));
        tool.on(copy("staging"), "init").run().good();
        for (var target : List.of(FAR, CLOUD)) {
            tool.on(
                            copy(target),
                            "init",
                            "--name",
                            target,
                            "--same-as",
                            copy("staging").url())
                    .run()
                    .good();
        }
    }

    private Copy copyInFolder(String name, String before) {
        var place = disk(name).place().resolve("repository");
        return new Copy(name, before + place, place);
    }

    private Map<String, String> credentials() {
        return Map.of("AWS_ACCESS_KEY_ID", S3_USER, "AWS_SECRET_ACCESS_KEY", S3_SECRET, "AWS_REGION", "eu-central-1");
    }

    // ------------------------------------------------------------------ what tests use

    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    Component component(String name) {
        return Objects.requireNonNull(components.get(name), name);
    }

    Copy copy(String name) {
        return Objects.requireNonNull(copies.get(name), name);
    }

    Disk disk(String name) {
        return Objects.requireNonNull(disks.get(name), name);
    }

    /** By target: its packs when they were looked at last. */
    Map<String, Map<String, String>> packsSeen() {
        return packsSeen;
    }

    Gluster gluster() {
        return gluster;
    }

    List<String> servers() {
        return options.servers();
    }

    /** Replica sets of the volume; each server has a brick of each. */
    int sets() {
        return options.sets();
    }

    /** What agents announce. */
    Set<String> sources() {
        var sources = new TreeSet<String>();
        for (var set = 0; set < options.sets(); set++) {
            for (var server : options.servers()) {
                var index = set * options.servers().size() + options.servers().indexOf(server);
                sources.add("brick/" + Gluster.VOLUME + "/" + index + "/" + server);
                sources.add("host/" + server);
            }
        }
        if (options.controlPlane()) {
            sources.addAll(Set.of("etcd/main", "kubernetes/main"));
        }
        return sources;
    }

    /** Where the component of that name says what it does. */
    Path log(String name) {
        return logs.resolve(name + ".log");
    }

    ControlPlane controlPlane() {
        return controlPlane.orElseThrow();
    }

    /** Of a lab with a control plane. */
    Prometheus prometheus() {
        return new Prometheus(prometheusPort);
    }

    Tool tool() {
        return tool;
    }

    EventLog events() {
        return events;
    }

    Path folder() {
        return folder;
    }

    /** The broker's disk is lost: a new one at the same address, with the topics and without any record. */
    void rebuildKafka() {
        component("kafka").kill();
        events.close();
        Command.of("rm", "-rf", folder + "/kafka").run().good();
        component("kafka").start();
        createTopics();
        events = new EventLog(bootstrapServers());
    }

    /** Publishes a record's value as people do. */
    void kcat(String topic, String value) {
        try {
            var file = Files.writeString(folder.resolve("record"), value);
            Command.of("kcat", "-P", "-b", bootstrapServers(), "-t", topic, "-D", "\\0")
                    .reading(file)
                    .run()
                    .good();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The ends of all logs, of services first. */
    String logTails() {
        var text = new StringBuilder();
        for (var component : new ArrayList<>(components.values()).reversed()) {
            text.append("---- ").append(component.log()).append('\n');
            text.append(Command.of("tail", "-n", "60", component.log().toString())
                    .run()
                    .out());
        }
        return text.toString();
    }

    private void removeFolder() {
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).run();
    }

    private synchronized void release() {
        while (!open.isEmpty()) {
            var next = open.pop();
            try {
                next.close();
            } catch (Exception e) {
                System.err.println("cannot end " + next + ": " + e);
            }
        }
    }

    @Override
    public void close() {
        release();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The machine is going down: the hook is this caller.
        }
    }
}
