package org.clusterbackup.repository.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.chunk.Chunker;

/** Reads a stream into blocks and cuts them in place; the chunk that a block's end cuts begins the next block. */
final class StreamCutter {
    private static final int BLOCK = 4 << 20;
    private static final int BLOCKS = 6;
    private static final int READ = 1 << 20;

    private final Chunker chunker;
    private final Failure failure;
    private final WriteListener listener;
    private final BlockingQueue<Block> free = new ArrayBlockingQueue<>(BLOCKS);
    private int made;

    StreamCutter(Chunker chunker, Failure failure, WriteListener listener) {
        this.chunker = chunker;
        this.failure = failure;
        this.listener = listener;
    }

    /** Where blocks go. */
    interface Sink {
        void accept(Block block);
    }

    /** Cuts {@code in} up to its end on the calling thread. */
    void cut(InputStream in, Sink sink) throws BackupException, InterruptedException {
        var block = next();
        var filled = 0;
        while (true) {
            var end = fill(in, block, filled);
            var last = end < block.data.length;
            cut(block, end, last);
            if (last) {
                sink.accept(block);
                return;
            }
            var following = next();
            filled = end - block.length();
            System.arraycopy(block.data, block.length(), following.data, 0, filled);
            sink.accept(block);
            block = following;
        }
    }

    /** To be called when the block's bytes are needed no more. */
    void release(Block block) {
        free.add(block);
    }

    private Block next() throws BackupException, InterruptedException {
        failure.check();
        if (made < BLOCKS && free.isEmpty()) {
            made++;
            return new Block(Math.max(BLOCK, 2 * chunker.maximum()));
        }
        var block = free.take();
        block.clear();
        return block;
    }

    private int fill(InputStream in, Block block, int from) throws BackupException {
        var at = from;
        try {
            while (at < block.data.length) {
                var n = in.read(block.data, at, Math.min(READ, block.data.length - at));
                if (n < 0) {
                    return at;
                }
                at += n;
                listener.read(n);
            }
            return at;
        } catch (IOException e) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, "cannot read the source: " + e, e);
        }
    }

    private void cut(Block block, int end, boolean last) {
        var from = 0;
        while (from < end) {
            var to = chunker.next(block.data, from, end, last);
            if (to == Chunker.UNDECIDED) {
                return;
            }
            block.cut(to);
            from = to;
        }
    }
}
