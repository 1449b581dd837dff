package org.clusterbackup.repository.artifact;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How artifacts are made. The numbers were measured: {@code docs/adr/0002-format-parameters.md}.
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
    public static final int CHUNK_AVERAGE = 1 << 16;
    public static final int PACK_BYTES = 16 << 20;

    private static final int LEVEL = 2;
    private static final int WORKERS = 2;
    private static final Duration MAX_BASE_AGE = Duration.ofDays(90);

    public static WriterOptions defaults(Path spool) {
        return new WriterOptions(CHUNK_AVERAGE, PACK_BYTES, LEVEL, WORKERS, spool, MAX_BASE_AGE);
    }
}
