package org.clusterbackup.repository.artifact;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * Names and stored sizes of the packs that an artifact needs, sorted by name: the object {@code packs}. Lines are
 * numbered from 1. Forty bytes of memory a pack. Immutable, thread-safe.
 */
public final class PackList {
    static final int NAME = 32;

    private static final int MAX_LINE = 100;
    /** A list of some 15,000 packs; a longer one is read twice rather than kept before its digest is known. */
    private static final int READ_ONCE = 1 << 20;

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) (0|[1-9][0-9]{0,17})");

    private final byte[] names;
    private final long[] sizes;

    /** @param names 32 bytes a pack, sorted and distinct */
    PackList(byte[] names, long[] sizes) {
        this.names = names;
        this.sizes = sizes;
    }

    /**
     * Reads the list of {@code manifest} and believes it only if it has the digest that stands there.
     *
     * @throws BackupException {@code DAMAGED} if it is missing, altered or no such list
     */
    public static PackList read(ObjectStore store, Manifest manifest) throws BackupException {
        return read(store, manifest.ref(), manifest.packsSha256());
    }

    /** The same for who has kept {@code packsSha256} of a manifest that was believed. */
    public static PackList read(ObjectStore store, ArtifactRef ref, Sha256 packsSha256) throws BackupException {
        var name = ref.object(ArtifactRef.PACKS);
        try {
            return read(store, name, packsSha256);
        } catch (BackupException e) {
            throw e.kind() == Kind.NOT_FOUND
                    ? new BackupException(Kind.DAMAGED, name + " is missing at " + store.location(), e)
                    : e;
        } catch (IOException e) {
            throw store.broken(name, e);
        }
    }

    /** The digest comes before the first line is kept: what nobody signed costs no memory, however long it is. */
    private static PackList read(ObjectStore store, String name, Sha256 wanted) throws BackupException, IOException {
        long length;
        try (var in = new DigestInputStream(store.open(name), Sha256.newDigest())) {
            var first = in.readNBytes(READ_ONCE);
            length = first.length + in.transferTo(OutputStream.nullOutputStream());
            requireSigned(store, name, in, wanted);
            if (length == first.length) {
                return parse(name, new ByteArrayInputStream(first));
            }
        }
        // Whoever answers otherwise now can give no more than that many bytes.
        try (var in = new DigestInputStream(store.open(name, 0, length), Sha256.newDigest())) {
            var list = parse(name, in);
            requireSigned(store, name, in, wanted);
            return list;
        }
    }

    private static void requireSigned(ObjectStore store, String name, DigestInputStream in, Sha256 wanted)
            throws BackupException {
        if (!Sha256.of(in.getMessageDigest()).equals(wanted)) {
            throw new BackupException(
                    Kind.DAMAGED, name + " at " + store.location() + " has not the digest that was signed");
        }
    }

    /**
     * @param in read to its end
     * @throws BackupException {@code DAMAGED} unless it is a sorted list without duplicates
     */
    static PackList parse(String name, InputStream in) throws BackupException, IOException {
        var lines = new BufferedInputStream(in, 1 << 16);
        var table = new PackTable();
        var line = new byte[MAX_LINE];
        var previous = "";
        for (var length = line(lines, line); length >= 0; length = line(lines, line)) {
            var match = LINE.matcher(new String(line, 0, length, StandardCharsets.US_ASCII));
            if (!match.matches() || match.group(1).compareTo(previous) <= 0) {
                throw new BackupException(Kind.DAMAGED, name + " has a bad line " + (table.count() + 1));
            }
            previous = match.group(1);
            table.stored(table.open(), new Sha256(previous), Long.parseLong(match.group(2)));
        }
        return table.list();
    }

    /** @return the length of the line without its end; -1 at the end; what does not fit makes a line that is bad */
    private static int line(InputStream in, byte[] line) throws IOException {
        var length = 0;
        for (var b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return length;
            }
            if (length == line.length) {
                return 0;
            }
            line[length++] = (byte) b;
        }
        return length == 0 ? -1 : 0;
    }

    /** Writes the text; flushes {@code out} and leaves it open. */
    void write(OutputStream out) throws IOException {
        var text = new BufferedOutputStream(out, 1 << 16);
        for (var line = 1; line <= count(); line++) {
            text.write((name(line).hex() + " " + size(line) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        text.flush();
    }

    public int count() {
        return sizes.length;
    }

    /** @param line from 1 */
    public Sha256 name(int line) {
        return new Sha256(HexFormat.of().formatHex(names, (line - 1) * NAME, line * NAME));
    }

    /** Stored bytes. */
    public long size(int line) {
        return sizes[line - 1];
    }

    /** Stored bytes of all. */
    public long bytes() {
        return Arrays.stream(sizes).sum();
    }

    /** The line of {@code pack}. */
    public OptionalInt line(Sha256 pack) {
        var wanted = HexFormat.of().parseHex(pack.hex());
        var low = 0;
        var high = count() - 1;
        while (low <= high) {
            var middle = (low + high) >>> 1;
            var order = Arrays.compareUnsigned(names, middle * NAME, middle * NAME + NAME, wanted, 0, NAME);
            if (order == 0) {
                return OptionalInt.of(middle + 1);
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return OptionalInt.empty();
    }
}
