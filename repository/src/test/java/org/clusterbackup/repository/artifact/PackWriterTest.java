package org.clusterbackup.repository.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.TestBackups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackWriterTest {
    /** Housekeeping goes by it: without encryption a pack that it is about to delete can come again under its name. */
    @Test
    void aPackThatIsStoredAgainHasTheTimeOfThat(@TempDir Path directory, @TempDir Path spool) throws Exception {
        var keys = org.clusterbackup.repository.TestRepository.withNewKeys();
        var staging = keys.staging(directory);
        var backups = new TestBackups(keys, staging, spool);
        var plain = TestBackups.bytes(1000, 1);
        var made = backups.store("host/a", "one", plain);
        var pack = directory.resolve(
                PackSet.path(PackList.read(staging.store(), made).name(1)));
        Files.setLastModifiedTime(pack, FileTime.fromMillis(0));

        // Another source has no base, and makes the same pack.
        backups.store("host/b", "one", plain);

        assertThat(Files.getLastModifiedTime(pack).toMillis()).isPositive();
    }
}
