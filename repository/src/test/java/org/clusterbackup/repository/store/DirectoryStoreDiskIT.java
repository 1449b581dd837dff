package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.testing.DiskFaults;
import org.clusterbackup.repository.store.testing.SmallDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory on a disk that is full or read-only, and below a writer that is killed. */
class DirectoryStoreDiskIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void aFullDiskIsSaidAndHarmless() throws Exception {
        try (var disk = SmallDisk.mount(folder);
                var store = new DirectoryStore(disk.folder())) {
            DiskFaults.assertFullIsSaidAndHarmless(store);
        }
    }

    @Test
    void aReadOnlyDiskIsSaid() throws Exception {
        try (var disk = SmallDisk.mount(folder);
                var store = new DirectoryStore(disk.folder())) {
            disk.makeReadOnly();

            DiskFaults.assertReadOnlyIsSaid(store);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 40, 170, 333})
    void aWriterKilledAtAnyMomentLeavesWholeObjectsOnly(int millis) throws Exception {
        var root = Files.createDirectory(folder.resolve("root"));
        var writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        root.toString())
                .inheritIO()
                .start();
        try (var store = new DirectoryStore(root)) {
            // At once is in the midst of the first object, later is behind it.
            while (writer.isAlive()
                    && store.children(millis == 0 ? "" : "packs").isEmpty()) {
                Thread.sleep(1);
            }
            Thread.sleep(millis);
            assertThat(writer.isAlive()).isTrue();
            writer.destroyForcibly().waitFor();

            var names = new ArrayList<String>();
            store.list("", info -> names.add(info.name()));
            assertThat(names).hasSizeGreaterThanOrEqualTo(millis == 0 ? 0 : 1);
            for (var name : names) {
                assertThat(store.digests(List.of(name))).containsExactly(Optional.of(Writer.digest(name)));
            }
            var left = new ArrayList<String>();
            store.listUnfinished(info -> left.add(info.name()));
            for (var name : left) {
                store.deleteUnfinished(name);
            }
            try (var files = Files.walk(root)) {
                assertThat(files.filter(Files::isRegularFile)).hasSameSizeAs(names);
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    /** Writes until it is killed. */
    static final class Writer {
        private static final int BYTES = 3 << 20;

        private Writer() {}

        public static void main(String[] args) throws Exception {
            try (var store = new DirectoryStore(Path.of(args[0]))) {
                var end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
                for (var i = 0; System.nanoTime() < end; i++) {
                    store.create("packs/" + i, Body.of(bytes(i)));
                    store.replace("lock", Body.of(bytes(-1)));
                }
            }
        }

        static Sha256 digest(String name) {
            return Sha256.of(bytes(name.equals("lock") ? -1 : Integer.parseInt(name.substring("packs/".length()))));
        }

        private static byte[] bytes(int seed) {
            var bytes = new byte[BYTES];
            new Random(seed).nextBytes(bytes);
            return bytes;
        }
    }
}
