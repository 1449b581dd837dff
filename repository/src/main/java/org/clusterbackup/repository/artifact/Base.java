package org.clusterbackup.repository.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.chunk.ChunkId;
import org.clusterbackup.repository.chunk.Place;
import org.clusterbackup.repository.chunk.SparseIndex;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * An earlier artifact in whose index chunks are looked up. Only packs that were {@linkplain #allow allowed} are found.
 * Not thread-safe.
 */
final class Base implements AutoCloseable {
    /** So many small packs are gathered into few again by storing their chunks anew. */
    private static final int MANY_SMALL = 32;
    /** A pack with less live bytes than this part of a full one is small. */
    private static final int SMALL_PART = 8;

    private final Manifest manifest;
    private final PackList packs;
    private final SparseIndex index;
    private final Liveness liveness;
    private final BitSet allowed = new BitSet();
    /** Ordinal of each line in the artifact in the making, or -1. */
    private final int[] ordinals;

    private Base(Manifest manifest, PackList packs, SparseIndex index, Liveness liveness) {
        this.manifest = manifest;
        this.packs = packs;
        this.index = index;
        this.liveness = liveness;
        ordinals = new int[packs.count() + 1];
        Arrays.fill(ordinals, -1);
    }

    /**
     * Fetches lists of {@code manifest}, whose signature was verified, and believes them by their digests.
     *
     * @throws BackupException {@code NOT_FOUND} or {@code DAMAGED} if there is no index to use
     */
    static Base open(ObjectStore store, ObjectStore indexes, Manifest manifest, Spool spool, String file)
            throws BackupException {
        var packs = PackList.read(store, manifest);
        var liveness = new Liveness(packs, manifest.chunkAverageBytes() / 2);
        fetch(indexes, manifest, spool, file);
        try {
            return new Base(manifest, packs, SparseIndex.open(spool.file(file), liveness), liveness);
        } catch (IOException e) {
            throw spool.failure(e);
        }
    }

    private static void fetch(ObjectStore indexes, Manifest manifest, Spool spool, String file) throws BackupException {
        var name = manifest.ref().object(ArtifactRef.INDEX);
        var wanted = manifest.indexSha256()
                .orElseThrow(() -> new BackupException(Kind.NOT_FOUND, manifest.ref() + " was made without an index"));
        var digest = Sha256.newDigest();
        try (var in = indexes.open(name);
                var out = Files.newOutputStream(spool.file(file))) {
            var buffer = new byte[1 << 16];
            for (var n = read(name, indexes, in, buffer); n >= 0; n = read(name, indexes, in, buffer)) {
                digest.update(buffer, 0, n);
                write(spool, out, buffer, n);
            }
        } catch (IOException e) {
            throw spool.failure(e);
        }
        if (!Sha256.of(digest).equals(wanted)) {
            throw new BackupException(
                    Kind.DAMAGED, name + " at " + indexes.location() + " has not the digest that was signed");
        }
    }

    private static int read(String name, ObjectStore store, InputStream in, byte[] buffer) throws BackupException {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw store.broken(name, e);
        }
    }

    private static void write(Spool spool, OutputStream out, byte[] buffer, int length) throws BackupException {
        try {
            out.write(buffer, 0, length);
        } catch (IOException e) {
            throw spool.failure(e);
        }
    }

    Manifest manifest() {
        return manifest;
    }

    PackList packs() {
        return packs;
    }

    /** Lets chunks of this pack be found. */
    void allow(int line) {
        allowed.set(line);
    }

    void forbid(int line) {
        allowed.clear(line);
    }

    boolean allows(int line) {
        return allowed.get(line);
    }

    /**
     * Forbids packs that are mostly dead in this artifact, and all small ones where there are many: what lives in them
     * is stored again, so that restores stay sequential and dead bytes can go.
     */
    void compact(int packBytes) {
        var small = new BitSet();
        for (var line = allowed.nextSetBit(0); line >= 0; line = allowed.nextSetBit(line + 1)) {
            if (liveness.mostlyDead(line)) {
                allowed.clear(line);
            } else if (liveness.live(line) < packBytes / SMALL_PART) {
                small.set(line);
            }
        }
        if (small.cardinality() > MANY_SMALL) {
            allowed.andNot(small);
        }
    }

    /** The ordinal that was given to a line, or -1. */
    int ordinal(int line) {
        return ordinals[line];
    }

    void ordinal(int line, int ordinal) {
        ordinals[line] = ordinal;
    }

    void expect(List<ChunkId> ids) throws IOException {
        index.expect(ids);
    }

    /** Where the chunk lies in an allowed pack: its {@code pack} is the line in {@link #packs}. */
    Optional<Place> find(ChunkId id) throws IOException {
        return index.find(id).filter(place -> allowed.get(place.pack()));
    }

    @Override
    public void close() throws IOException {
        index.close();
    }
}
