package org.clusterbackup.repository.artifact;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * Gives back the plain stream of one artifact, proved as {@code docs/format.md} ("Reading") asks. The repository itself
 * was verified by the caller. For one thread.
 */
public final class ArtifactReader implements AutoCloseable {
    private static final String EXTENTS_FILE = "extents";

    private final ObjectStore store;
    private final Manifest manifest;
    private final PackList packs;
    private final Contents contents;
    private final Extents extents;
    private final Envelope envelope;
    private final ReaderOptions options;
    private final Spool spool;

    private ArtifactReader(
            ObjectStore store,
            Manifest manifest,
            PackList packs,
            Contents contents,
            Extents extents,
            Envelope envelope,
            ReaderOptions options,
            Spool spool) {
        this.store = store;
        this.manifest = manifest;
        this.packs = packs;
        this.contents = contents;
        this.extents = extents;
        this.envelope = envelope;
        this.options = options;
        this.spool = spool;
    }

    /**
     * Verifies manifest, list of packs and contents; reads no pack.
     *
     * @param repository the id that the verified repository has
     * @param envelope opens what the repository's encryption sealed
     * @throws BackupException {@code NOT_FOUND}, {@code SIGNATURE}, {@code DAMAGED}, {@code UNKNOWN_FORMAT},
     *     {@code NO_KEY}; the message names the object
     */
    public static ArtifactReader open(
            ObjectStore store,
            String repository,
            AllowedSigners signers,
            Envelope envelope,
            ArtifactRef ref,
            ReaderOptions options)
            throws BackupException {
        var manifest = new Manifests(store, repository, signers).read(ref).manifest();
        if (manifest.encryption() != envelope.encryption()) {
            throw new BackupException(
                    Kind.DAMAGED,
                    ref.object(ArtifactRef.MANIFEST) + " says encryption "
                            + manifest.encryption().text() + ", the repository "
                            + envelope.encryption().text());
        }
        var packs = PackList.read(store, manifest);
        var spool = Spool.below(options.spool());
        try {
            return open(store, manifest, packs, envelope, options, spool);
        } catch (BackupException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    private static ArtifactReader open(
            ObjectStore store, Manifest manifest, PackList packs, Envelope envelope, ReaderOptions options, Spool spool)
            throws BackupException {
        var name = manifest.ref().object(ArtifactRef.CONTENTS);
        var fetched = spool.fetch(store, name, manifest.contentsSha256());
        try (var file = Files.newInputStream(fetched);
                var text = envelope.input(name, file);
                var out = new DataOutputStream(spool.write(EXTENTS_FILE))) {
            var reader = new ContentsReader(name, text);
            var contents = reader.header(manifest.repository(), manifest.ref());
            if (contents.length() != manifest.streamBytes()) {
                throw new BackupException(Kind.DAMAGED, name + " and its manifest disagree on the stream's length");
            }
            reader.extents(contents, packs.count(), out);
            out.flush();
            var extents = new Extents(spool.file(EXTENTS_FILE), (int) contents.extents(), packs.count());
            return new ArtifactReader(store, manifest, packs, contents, extents, envelope, options, spool);
        } catch (IOException e) {
            throw spool.failure(e);
        }
    }

    public Manifest manifest() {
        return manifest;
    }

    /** The packs that it needs. */
    public PackList packs() {
        return packs;
    }

    /** Digest and length of the plain stream. */
    public Contents contents() {
        return contents;
    }

    /**
     * Whether every pack lies there with its size, by one listing; no pack is read.
     *
     * @return names of those that are missing or have another size
     */
    public List<Sha256> missingPacks() throws BackupException {
        var there = new BitSet();
        store.list(PackSet.FOLDER, object -> {
            if (PackSet.isPath(object.name())) {
                packs.line(new Sha256(PackSet.nameOf(object.name()))).stream()
                        .filter(line -> packs.size(line) == object.size())
                        .forEach(there::set);
            }
        });
        var missing = new ArrayList<Sha256>();
        for (var line = there.nextClearBit(1); line <= packs.count(); line = there.nextClearBit(line + 1)) {
            missing.add(packs.name(line));
        }
        return missing;
    }

    /** How many bytes of the stream lie in some of its packs. */
    public long bytesIn(List<Sha256> some) {
        var lines = new BitSet();
        some.forEach(name -> packs.line(name).stream().forEach(lines::set));
        var bytes = 0L;
        for (var i = 0; i < extents.count(); i++) {
            var extent = extents.get(i);
            bytes += lines.get(extent.pack()) ? extent.length() : 0;
        }
        return bytes;
    }

    /** Takes what can be read of a stream, in its order. */
    public interface Remains {
        void write(byte[] bytes, int offset, int length) throws IOException;

        /** So many bytes lay in a pack that is missing or damaged. */
        void lost(int length) throws IOException;
    }

    /**
     * Gives to {@code out} what lies in packs that are there and proved, and says of the rest where it was. Nothing says that
     * this is whole.
     *
     * @throws BackupException {@code FAILED} if {@code out} does not take it; whatever is wrong with the place, not with a pack
     */
    public void copyWhatIsLeft(Remains out, LongConsumer progress) throws BackupException {
        try (var reader = new PackReader(store, packs, envelope);
                var cache = new PackCache(extents, packs, new Survivors(reader), options, spool)) {
            for (var i = 0; i < extents.count(); i++) {
                var extent = extents.get(i);
                var plain = cache.get(i);
                if (extent.offset() + extent.length() > plain.length) {
                    out.lost(extent.length());
                } else {
                    out.write(plain, extent.offset(), extent.length());
                }
                progress.accept(extent.length());
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        } catch (InterruptedException e) {
            throw Failure.interrupted(e);
        }
    }

    /** A pack that is missing or damaged has no bytes. */
    private record Survivors(PackReader reader) implements PackCache.Packs {
        @Override
        public byte[] read(int line) throws BackupException {
            try {
                return reader.read(line);
            } catch (BackupException e) {
                if (!e.kind().concernsObject()) {
                    throw e;
                }
                return new byte[0];
            }
        }
    }

    /**
     * Reads, proves and opens the smallest pack: what costs least and shows that packs open, too.
     *
     * @param elsewhere packs that are not looked for
     * @throws BackupException {@code DAMAGED} or {@code NO_KEY}, naming the pack
     */
    public void requireSmallestPackOpens(Set<Sha256> elsewhere) throws BackupException {
        var smallest = IntStream.rangeClosed(1, packs.count())
                .filter(line -> !elsewhere.contains(packs.name(line)))
                .boxed()
                .min(Comparator.comparingLong(packs::size));
        if (smallest.isPresent()) {
            try (var reader = new PackReader(store, packs, envelope)) {
                var _ = reader.read(smallest.get());
            }
        }
    }

    /**
     * Writes the whole plain stream to {@code out}, which stays open. No byte of a pack goes out before the pack is
     * proved; that the stream is whole is known only when this returns.
     *
     * @param progress told of bytes as they go out
     * @throws BackupException {@code DAMAGED} and names the object if anything is not what was signed; {@code FAILED} if
     *     {@code out} does not take it
     */
    public void copyTo(OutputStream out, LongConsumer progress) throws BackupException {
        var digest = Sha256.newDigest();
        try (var reader = new PackReader(store, packs, envelope);
                var cache = new PackCache(extents, packs, reader::read, options, spool)) {
            for (var i = 0; i < extents.count(); i++) {
                var extent = extents.get(i);
                var plain = cache.get(i);
                if (extent.offset() + extent.length() > plain.length) {
                    throw new BackupException(
                            Kind.DAMAGED,
                            manifest.ref() + " needs more bytes than " + PackSet.path(packs.name(extent.pack()))
                                    + " holds");
                }
                write(out, plain, extent.offset(), extent.length());
                digest.update(plain, extent.offset(), extent.length());
                progress.accept(extent.length());
            }
            flush(out);
        } catch (InterruptedException e) {
            throw Failure.interrupted(e);
        }
        if (!Sha256.of(digest).equals(contents.sha256())) {
            throw new BackupException(
                    Kind.DAMAGED, "the stream of " + manifest.ref() + " has not the digest that was sealed");
        }
    }

    private static void write(OutputStream out, byte[] bytes, int offset, int length) throws BackupException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private static void flush(OutputStream out) throws BackupException {
        try {
            out.flush();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private static BackupException cannotWrite(IOException e) {
        return new BackupException(Kind.FAILED, "cannot write the stream: " + e, e);
    }

    @Override
    public void close() {
        extents.close();
        spool.close();
    }
}
