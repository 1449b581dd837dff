package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.etcd.jetcd.api.KeyValue;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.cli.etcd.KeyJson;
import org.clusterbackup.cli.text.ByteText;
import org.clusterbackup.etcd.Cluster;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.etcd.KeyRange;
import org.clusterbackup.etcd.KeyWriter;
import org.clusterbackup.etcd.KeysAt;
import org.clusterbackup.etcd.Member;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Pulls keys out, into a file or a cluster that is there. */
@Command(
        name = "export",
        description = {
            "Write keys as lines of JSON, or put them into a cluster that is there.",
            "To stdout or a file: key and value in base64, create_revision, mod_revision, version, lease.",
            "",
            "In a cluster nothing is deleted, and a key with another value is left alone and said, unless --overwrite",
            "is given. A key that somebody else writes meanwhile is not lost. Revisions and leases are not carried:",
            "keys of a lease stay until somebody deletes them."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup etcd export etcd/main@latest --prefix /registry/configmaps/shop/ --to shop.jsonl",
            "  clusterbackup etcd export etcd/main@latest --prefix /app/ --to-endpoints https://10.0.0.1:2379"
                    + " --etcd-ca ca.crt --etcd-cert client.crt --etcd-key client.key --dry-run",
            "",
            "Kubernetes objects of a cluster that runs come back better with 'clusterbackup restore kubernetes'."
        })
final class EtcdExportCommand extends EtcdSnapshotCommand {
    @Option(
            names = "--prefix",
            required = true,
            paramLabel = "PREFIX",
            description = "All keys that begin so; '' for all.")
    private String prefix = "";

    @Option(names = "--to", paramLabel = "FILE", description = "A file that is not there yet (default: stdout).")
    private @Nullable Path file;

    @Option(
            names = "--to-endpoints",
            paramLabel = "URL",
            split = ",",
            description = "Client URLs of the cluster that gets the keys.")
    private List<String> endpoints = List.of();

    @Mixin
    private final EtcdAccessOptions access = new EtcdAccessOptions();

    @Option(names = "--overwrite", description = "Replace keys of the cluster that have another value, newer ones too.")
    private boolean overwrite;

    @Option(names = "--dry-run", description = "Read everything, say what would be; write nothing.")
    private boolean dryRun;

    @Override
    KeyRange range() throws BackupException {
        return KeyRange.prefix(bytes(prefix));
    }

    @Override
    void check() throws BackupException {
        if (file != null && !endpoints.isEmpty()) {
            throw usage("--to and --to-endpoints exclude each other");
        }
        if (overwrite && endpoints.isEmpty()) {
            throw usage("--overwrite goes with --to-endpoints");
        }
        if (file != null) {
            requireNew(file);
        }
        if (!endpoints.isEmpty()) {
            // Before much is read for nothing.
            var _ = live();
        }
    }

    private static void requireNew(Path file) throws BackupException {
        var folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new BackupException(Kind.TARGET_UNFIT, "there is no folder for " + file);
        }
        if (Files.exists(file)) {
            throw new BackupException(Kind.TARGET_UNFIT, file + " is there already").withHint("choose another name");
        }
    }

    @Override
    void run(KeysAt keys) throws BackupException, IOException {
        if (!endpoints.isEmpty()) {
            put(keys, live());
        } else if (dryRun) {
            console().remark("would write " + keys.count() + " keys to " + (file == null ? "stdout" : file));
        } else if (file == null) {
            KeyJson.lines(console().stdout(), keys::each);
        } else {
            write(keys, file.toAbsolutePath());
            say(keys.count(), file);
        }
    }

    private void say(long keys, Path file) throws BackupException {
        if (console().json()) {
            console()
                    .json(JsonNodeFactory.instance
                            .objectNode()
                            .put("to", file.toString())
                            .put("keys", keys));
        } else {
            console().line("wrote " + keys + " keys to " + file);
        }
    }

    /** Whole under its name, or not there; readable by this user only. */
    private static void write(KeysAt keys, Path file) throws BackupException, IOException {
        var unfinished = Files.createTempFile(file.getParent(), ".exporting-", ".jsonl");
        try {
            try (var out = new BufferedOutputStream(Files.newOutputStream(unfinished))) {
                KeyJson.lines(out, keys::each);
            }
            try (var written = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private Endpoint live() throws BackupException {
        var parsed = new ArrayList<Endpoint>();
        for (var text : endpoints) {
            parsed.add(Endpoint.parse(text));
        }
        var survey = new Cluster(parsed, access.access()).survey();
        if (!survey.noSpace().isEmpty()) {
            throw new BackupException(Kind.TARGET_UNFIT, "etcd has an alarm that its database is full")
                    .withHint("compact, defragment and disarm it, or raise --quota-backend-bytes");
        }
        return survey.members().getFirst().endpoint();
    }

    private void put(KeysAt keys, Endpoint endpoint) throws BackupException, IOException {
        var told = new Told();
        try (var member = Member.open(endpoint, access.access())) {
            var writer = new KeyWriter(member, overwrite, dryRun, told);
            keys.each(writer::add);
            writer.finish();
        } catch (BackupException | IOException e) {
            console()
                    .error("before that, at " + endpoint + ": " + told.summary()
                            + "; the same command once more goes on from there");
            throw e;
        }
        told.end(endpoint);
    }

    private final class Told implements KeyWriter.Listener {
        private final Map<KeyWriter.Outcome, Long> counts = new EnumMap<>(KeyWriter.Outcome.class);
        private long leased;

        @Override
        public void done(KeyValue key, KeyWriter.Outcome outcome, Optional<KeyValue> live) throws BackupException {
            counts.merge(outcome, 1L, Long::sum);
            if (key.getLease() != 0) {
                leased++;
            }
            var name = ByteText.of(key.getKey().toByteArray());
            switch (outcome) {
                case CREATED, OVERWRITTEN -> {
                    if (!console().json()) {
                        console().line(outcome.text() + " " + name);
                    }
                }
                case UNCHANGED -> {}
                case REFUSED -> console().warn(Kind.WARNINGS, "refused: " + name + ": " + reason(key, live));
            }
        }

        private String reason(KeyValue key, Optional<KeyValue> live) {
            var there = live.map(KeyValue::getModRevision).orElse(0L);
            var newer = there > key.getModRevision() ? "newer, of revision " : "of revision ";
            return "it has another value there, " + newer + there + " against " + key.getModRevision();
        }

        private String summary() {
            return String.join(
                    ", ",
                    counts.entrySet().stream()
                            .map(entry ->
                                    entry.getValue() + " " + entry.getKey().text())
                            .toList());
        }

        private void end(Endpoint endpoint) throws BackupException {
            if (console().json()) {
                var document = JsonNodeFactory.instance
                        .objectNode()
                        .put("to", endpoint.toString())
                        .put("dryRun", dryRun)
                        .put("leased", leased);
                for (var outcome : KeyWriter.Outcome.values()) {
                    document.put(outcome.text(), counts.getOrDefault(outcome, 0L));
                }
                console().json(document);
            } else {
                console().line((dryRun ? "would be, at " : "at ") + endpoint + ": " + summary());
            }
            if (leased > 0) {
                console()
                        .remark(leased
                                + " keys had a lease, which is not carried: they stay until somebody deletes them");
            }
        }
    }
}
