package org.clusterbackup.repository.artifact;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lists of packs that left staging because every target has them, one an artifact: what one of them names counts as
 * present. Nobody signed them, so they are read in bounded memory, and only in staging.
 */
public final class Offsite {
    public static final String FOLDER = "offsite";

    private static final Logger LOG = LoggerFactory.getLogger(Offsite.class);
    /** A name, a blank, a time to the second, and the end of the line. */
    private static final int LINE = 64 + 1 + 20 + 1;

    private static final Pattern FORM =
            Pattern.compile("([0-9a-f]{64}) ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\n");

    private Offsite() {}

    /** Is told of packs. */
    @FunctionalInterface
    public interface Each {
        /** @param stored when it was stored in staging */
        void pack(String name, Instant stored) throws BackupException;
    }

    /** The list of {@code ref}. */
    public static String list(ArtifactRef ref) {
        return FOLDER + "/" + ref;
    }

    /**
     * Reads one list.
     *
     * @throws BackupException {@code NOT_FOUND}; {@code DAMAGED} at the first line that is none, or not greater than the
     *     one before: what came until then was told
     */
    public static void read(ObjectStore staging, String list, Each each) throws BackupException {
        try (var in = staging.open(list)) {
            var previous = "";
            for (var bytes = in.readNBytes(LINE); bytes.length > 0; bytes = in.readNBytes(LINE)) {
                var line = FORM.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
                if (!line.matches() || line.group(1).compareTo(previous) <= 0) {
                    throw damaged(list);
                }
                previous = line.group(1);
                each.pack(previous, time(list, line.group(2)));
            }
        } catch (IOException e) {
            throw staging.broken(list, e);
        }
    }

    private static Instant time(String list, String text) throws BackupException {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw damaged(list);
        }
    }

    private static BackupException damaged(String list) {
        return new BackupException(Kind.DAMAGED, list + " is no sorted list of packs");
    }

    /** Reads every list there is; one that is damaged, or that has gone meanwhile, counts as far as it could be read. */
    public static void forEach(ObjectStore staging, Each each) throws BackupException {
        below(FOLDER, staging, each);
    }

    /**
     * The same, of the lists that name packs which an artifact of {@code source} can need: its own, and those of sources
     * beside it, such as replicas.
     */
    public static void forEachBeside(ObjectStore staging, SourceName source, Each each) throws BackupException {
        below(FOLDER + "/" + source.neighbourhood(), staging, each);
    }

    private static void below(String folder, ObjectStore staging, Each each) throws BackupException {
        var lists = new ArrayList<String>();
        staging.list(folder, object -> lists.add(object.name()));
        for (var list : lists) {
            try {
                read(staging, list, each);
            } catch (BackupException e) {
                if (!e.kind().concernsObject()) {
                    throw e;
                }
                LOG.warn(
                        "a list of packs that left staging is not believed: object={} reason={}", list, e.getMessage());
            }
        }
    }

    /** What {@link #forEachBeside} tells, at some 60 bytes a pack. */
    public static PackSet beside(ObjectStore staging, SourceName source) throws BackupException {
        var packs = new PackSet();
        forEachBeside(staging, source, (name, stored) -> packs.add(name, 0, stored));
        return packs;
    }

    /**
     * A list of some of {@code packs}, made while it is read, so that it costs no memory.
     *
     * @param lines of {@code packs}, from 1
     */
    public static Body body(PackList packs, BitSet lines, Function<Sha256, Instant> stored) {
        var digest = Sha256.newDigest();
        lines.stream().forEach(line -> digest.update(line(packs.name(line), stored)));
        var sha256 = Sha256.of(digest);
        var length = (long) lines.cardinality() * LINE;
        return new Body() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public Sha256 sha256() {
                return sha256;
            }

            @Override
            public InputStream open() {
                return new Made(lines.stream()
                        .mapToObj(line -> line(packs.name(line), stored))
                        .iterator());
            }
        };
    }

    private static byte[] line(Sha256 name, Function<Sha256, Instant> stored) {
        var text = name.hex() + " " + stored.apply(name).truncatedTo(ChronoUnit.SECONDS) + "\n";
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The bytes of one array after the other. */
    private static final class Made extends InputStream {
        private final Iterator<byte[]> left;
        private ByteArrayInputStream now = new ByteArrayInputStream(new byte[0]);

        Made(Iterator<byte[]> left) {
            this.left = left;
        }

        private InputStream now() {
            if (now.available() == 0 && left.hasNext()) {
                now = new ByteArrayInputStream(left.next());
            }
            return now;
        }

        @Override
        public int read() throws IOException {
            return now().read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return now().read(bytes, offset, length);
        }
    }
}
