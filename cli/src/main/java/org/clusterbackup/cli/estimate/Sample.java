package org.clusterbackup.cli.estimate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.RepositoryPlan;
import org.clusterbackup.repository.artifact.WriterOptions;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.PackSealer;

/**
 * How fast some files were read and made into packs that were thrown away, by one thread, and how large those were.
 *
 * @param readBytes plain
 * @param storedBytes compressed, not sealed: that adds 200 bytes to a pack
 */
public record Sample(long readBytes, long storedBytes, Duration took) {
    /** Of one file: a large one must not stand for all. */
    private static final int MOST_OF_A_FILE = 8 << 20;

    private static final int PACK_BYTES = RepositoryPlan.DEFAULT_PACK_BYTES;
    private static final Duration LONGEST = Duration.ofSeconds(20);

    /** Reads at most {@code most} bytes of {@code files}, and at most for some twenty seconds; what cannot be read is left out. */
    public static Sample of(List<Path> files, long most) throws BackupException {
        var begun = System.nanoTime();
        try (var packs = Envelope.unsealed().sealer(WriterOptions.LEVEL)) {
            var maker = new Maker(packs);
            for (var file : files) {
                if (maker.read >= most || System.nanoTime() - begun > LONGEST.toNanos()) {
                    break;
                }
                maker.read(file, most);
            }
            maker.seal();
            return new Sample(maker.read, maker.stored, Duration.ofNanos(System.nanoTime() - begun));
        }
    }

    /** Stored bytes for each plain one; 1 if nothing was read. */
    public double ratio() {
        return readBytes == 0 ? 1 : (double) storedBytes / readBytes;
    }

    /** Plain bytes a second; empty if nothing was read. */
    public Optional<Long> rate() {
        return readBytes == 0
                ? Optional.empty()
                : Optional.of(Math.max(1, (long) (readBytes * 1e9 / Math.max(1, took.toNanos()))));
    }

    /** Fills a pack after the other. */
    private static final class Maker {
        private final PackSealer packs;
        private final byte[] plain = new byte[PACK_BYTES];
        private int filled;
        private long read;
        private long stored;

        Maker(PackSealer packs) {
            this.packs = packs;
        }

        void read(Path file, long most) throws BackupException {
            try (var in = Files.newInputStream(file)) {
                var left = Math.min(MOST_OF_A_FILE, most - read);
                while (left > 0) {
                    var n = in.read(plain, filled, (int) Math.min(left, PACK_BYTES - filled));
                    if (n < 0) {
                        return;
                    }
                    filled += n;
                    read += n;
                    left -= n;
                    if (filled == PACK_BYTES) {
                        seal();
                    }
                }
            } catch (IOException e) {
                // Gone or not for us: the others tell enough.
            }
        }

        void seal() throws BackupException {
            if (filled == 0) {
                return;
            }
            packs.compress(plain, filled);
            var unused = packs.decompressed();
            var pack = packs.seal();
            stored += pack.length();
            filled = 0;
        }
    }
}
