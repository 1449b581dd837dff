package org.clusterbackup.repository.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.RepositoryPlan;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRequest;
import org.clusterbackup.repository.artifact.ArtifactWriters;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.PlainSource;
import org.clusterbackup.repository.artifact.ReaderOptions;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.artifact.WriteListener;
import org.clusterbackup.repository.artifact.WriterOptions;
import org.clusterbackup.repository.chunk.ChunkingKey;
import org.clusterbackup.repository.crypto.AgeKeys;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.DirectoryStore;

/**
 * {@code PipelineBench DIRECTORY ROUNDS STREAM…}: writes the files one after another as artifacts of one source into a
 * fresh repository, reads the last one back, and prints seconds, CPU-seconds and bytes of each; as many rounds as told,
 * since the first one warms the JVM up. {@code -Daverage}, {@code -Dpack}, {@code -Dlevel} and {@code -Dworkers} change
 * the options.
 */
public final class PipelineBench {
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Path root;
    private final AgeKeys age = AgeKeys.generate();
    private final SigningKey signer = SigningKey.generate("bench");
    private final AllowedSigners signers;

    private PipelineBench(Path root) throws BackupException {
        this.root = root;
        signers = AllowedSigners.parse("allowed_signers", "* " + signer.publicKey() + "\n");
    }

    /** What is measured. */
    private interface Step {
        Manifest run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        var bench = new PipelineBench(Path.of(args[0]));
        var streams =
                List.of(args).subList(2, args.length).stream().map(Path::of).toList();
        for (var round = 1; round <= Integer.parseInt(args[1]); round++) {
            System.out.println("round " + round);
            bench.round(streams);
        }
    }

    private void round(List<Path> streams) throws Exception {
        var directory = Files.createDirectories(root.resolve("bench-repository"));
        try (var store = new DirectoryStore(directory)) {
            var last = Optional.<Manifest>empty();
            for (var stream : streams) {
                last = Optional.of(measure("write " + stream.getFileName(), () -> write(store, stream)));
            }
            var manifest = last.orElseThrow();
            measure("read back", () -> read(store, manifest));
        } finally {
            try (var files = Files.walk(directory)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private Manifest write(DirectoryStore store, Path stream) throws Exception {
        var options = new WriterOptions(
                Integer.getInteger("average", RepositoryPlan.DEFAULT_CHUNK_AVERAGE_BYTES),
                Integer.getInteger("pack", RepositoryPlan.DEFAULT_PACK_BYTES),
                Integer.getInteger("level", 2),
                Integer.getInteger("workers", 2),
                root.resolve("spool"),
                Duration.ofDays(90));
        var writers = new ArtifactWriters(
                store,
                store,
                ID,
                Envelope.to(age.recipients()),
                signer,
                signers,
                new ChunkingKey(new byte[ChunkingKey.BYTES]),
                options);
        var request = new ArtifactRequest(
                new SourceName("brick/bench/0/node"),
                Optional.empty(),
                Instant.now().plus(Duration.ofHours(1)),
                List.of(),
                Files.size(stream));
        try (InputStream in = Files.newInputStream(stream);
                var writer = writers.begin(request, WriteListener.NONE)) {
            writer.write(PlainSource.unproved(in));
            return writer.commit(new Origin(
                    ArtifactKind.STREAM, Optional.empty(), new Tool("bench", "1"), List.of(), JsonLayout.object()));
        }
    }

    private Manifest read(DirectoryStore store, Manifest manifest) throws BackupException {
        try (var reader = ArtifactReader.open(
                store,
                ID,
                signers,
                Envelope.openedBy(age.identity()),
                manifest.ref(),
                ReaderOptions.defaults(root.resolve("spool")))) {
            reader.copyTo(OutputStream.nullOutputStream(), bytes -> {});
            return reader.manifest();
        }
    }

    private static Manifest measure(String what, Step step) throws Exception {
        var cpu = SYSTEM.getProcessCpuTime();
        var wall = System.nanoTime();
        var manifest = step.run();
        System.out.printf(
                "  %-20s %5.2f s  %5.2f cpu  %4d MB stream  %4d MB of packs  %7.2f MB new%n",
                what,
                (System.nanoTime() - wall) / 1e9,
                (SYSTEM.getProcessCpuTime() - cpu) / 1e9,
                manifest.streamBytes() / 1_000_000,
                manifest.storedBytes() / 1_000_000,
                manifest.newBytes() / 1e6);
        return manifest;
    }
}
