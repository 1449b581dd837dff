package org.clusterbackup.repository.artifact;

import java.nio.file.Path;

/**
 * How artifacts are read.
 *
 * @param threads that fetch and open packs ahead
 * @param cacheBytes plain bytes of packs held in memory
 * @param spoolBytes plain bytes of packs held in working files when memory is full; beyond it they are fetched again
 */
public record ReaderOptions(int threads, long cacheBytes, long spoolBytes, Path spool) {
    private static final long CACHE = 256L << 20;
    private static final long SPOOL = 64L << 30;

    public static ReaderOptions defaults(Path spool) {
        return new ReaderOptions(
                Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors())), CACHE, SPOOL, spool);
    }
}
