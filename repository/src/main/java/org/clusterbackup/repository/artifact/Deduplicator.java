package org.clusterbackup.repository.artifact;

import java.io.IOException;
import java.security.MessageDigest;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.chunk.ChunkId;
import org.clusterbackup.repository.chunk.Place;
import org.clusterbackup.repository.chunk.SparseIndex;

/** Decides of each chunk, in the stream's order, whether it is known, and remembers where it lies. One thread's. */
final class Deduplicator implements AutoCloseable {
    private static final String INDEX = "index";

    private final Spool spool;
    private final Bases bases;
    private final PackTable table;
    private final PackWriter packs;
    private final SparseIndex index;
    private final ExtentLog extents;
    private final MessageDigest digest = Sha256.newDigest();
    private long bytes;

    Deduplicator(Spool spool, Bases bases, PackTable table, PackWriter packs) throws BackupException {
        this.spool = spool;
        this.bases = bases;
        this.table = table;
        this.packs = packs;
        try {
            index = SparseIndex.create(spool.file(INDEX));
            extents = new ExtentLog(spool);
        } catch (IOException e) {
            throw spool.failure(e);
        }
    }

    void add(Block block) throws BackupException, InterruptedException {
        digest.update(block.data, 0, block.length());
        bytes += block.length();
        try {
            bases.expect(block.ids);
            index.expect(block.ids);
            for (var i = 0; i < block.chunks; i++) {
                add(block, i);
            }
        } catch (IOException e) {
            throw spool.failure(e);
        }
    }

    private void add(Block block, int chunk) throws IOException, InterruptedException {
        var id = block.ids.get(chunk);
        var place = place(id, block, chunk);
        index.append(id, place);
        extents.add(place);
    }

    private Place place(ChunkId id, Block block, int chunk) throws IOException, InterruptedException {
        var known = bases.find(id, table);
        if (known.isPresent()) {
            return known.get();
        }
        var own = index.find(id);
        if (own.isPresent()) {
            return own.get();
        }
        var start = block.start(chunk);
        return packs.add(block.data, start, block.ends[chunk] - start, id);
    }

    /** Bytes of the stream. */
    long bytes() {
        return bytes;
    }

    /** Of the stream; to be asked once. */
    Sha256 sha256() {
        return Sha256.of(digest);
    }

    SparseIndex index() {
        return index;
    }

    ExtentLog extents() {
        return extents;
    }

    @Override
    public void close() throws IOException {
        index.close();
        extents.close();
    }
}
