package org.clusterbackup.repository.artifact;

import java.nio.file.Path;
import java.time.Duration;
import org.clusterbackup.repository.RepositoryDescription;

/**
 * How artifacts are made. The defaults were measured: {@code docs/adr/0002-format-parameters.md}.
 *
 * @param chunkAverage of a source's first artifact; later ones keep it
 * @param packBytes plain bytes at which a pack is closed
 * @param zstdLevel of packs
 * @param workers threads that seal and store packs; each needs about three times {@code packBytes}
 * @param spool where working files lie: about 40 bytes a chunk and the indexes of the bases
 * @param maxBaseAge packs older than this are stored again, spread over a third of it
 */
public record WriterOptions(
        int chunkAverage, int packBytes, int zstdLevel, int workers, Path spool, Duration maxBaseAge) {
    /** Of zstd, where nothing else is said. */
    public static final int LEVEL = 2;

    private static final int WORKERS = 2;
    private static final Duration MAX_BASE_AGE = Duration.ofDays(90);

    /** What the repository was made with, and the defaults for the rest. */
    public static WriterOptions of(RepositoryDescription repository, Path spool) {
        return new WriterOptions(
                repository.chunkAverageBytes(), repository.packBytes(), LEVEL, WORKERS, spool, MAX_BASE_AGE);
    }

    public WriterOptions withWorkers(int threads) {
        return new WriterOptions(chunkAverage, packBytes, zstdLevel, threads, spool, maxBaseAge);
    }
}
