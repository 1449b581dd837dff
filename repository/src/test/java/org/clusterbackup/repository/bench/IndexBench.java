package org.clusterbackup.repository.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.clusterbackup.repository.chunk.ChunkId;
import org.clusterbackup.repository.chunk.SparseIndex;

/**
 * {@code IndexBench FILE [MILLIONS]}: opens an index of so many million chunks (80 unless said), looks the same stream
 * up in it with one chunk of a hundred changed, and prints what was found, the CPU-seconds and the live heap.
 */
public final class IndexBench {
    private static final int RECORD = 28;
    private static final int BATCH = 50;
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private IndexBench() {}

    public static void main(String[] args) throws Exception {
        var file = Path.of(args[0]);
        var count = 1_000_000L * (args.length > 1 ? Integer.parseInt(args[1]) : 80);
        try {
            write(file, count);
            measure(file, count);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void write(Path file, long count) throws Exception {
        var record = ByteBuffer.allocate(RECORD);
        try (var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            out.write(SparseIndex.header());
            for (var i = 0L; i < count; i++) {
                var id = id(i);
                record.order(ByteOrder.BIG_ENDIAN).putLong(0, id.high()).putLong(8, id.low());
                record.order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(16, 1 << 17)
                        .putInt(20, (int) (i / 128) + 1)
                        .putInt(24, (int) (i % 128) << 17);
                out.write(record.array());
            }
        }
    }

    private static void measure(Path file, long count) throws Exception {
        var before = heap();
        var start = THREADS.getCurrentThreadCpuTime();
        try (var index = SparseIndex.open(file, place -> {})) {
            System.out.printf("opened %d million chunks: %.1f cpu%n", count / 1_000_000, cpu(start));
            start = THREADS.getCurrentThreadCpuTime();
            var found = 0L;
            var batch = new ArrayList<ChunkId>();
            for (var i = 0L; i < count; i++) {
                batch.add(id(i % 100 == 0 ? i + count : i));
                if (batch.size() == BATCH) {
                    index.expect(batch);
                    for (var id : batch) {
                        found += index.find(id).isPresent() ? 1 : 0;
                    }
                    batch.clear();
                }
            }
            System.out.printf(
                    "looked up: %.1f cpu, %.3f %% of the known ones found, %d MB of heap%n",
                    cpu(start), found * 100.0 / (count - count / 100), (heap() - before) >> 20);
        }
    }

    private static double cpu(long start) {
        return (THREADS.getCurrentThreadCpuTime() - start) / 1e9;
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** SplitMix64, twice. */
    private static ChunkId id(long number) {
        return new ChunkId(mix(number), mix(~number));
    }

    private static long mix(long number) {
        var z = number * 0x9E3779B97F4A7C15L + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
