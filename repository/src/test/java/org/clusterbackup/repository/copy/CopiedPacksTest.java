package org.clusterbackup.repository.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.ledger.Scrub;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.DirectoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packs that are lost, damaged, condemned or deleted, before a copy or while it is made. */
class CopiedPacksTest extends CopierLab {
    CopiedPacksTest(@TempDir Path stagingDirectory, @TempDir Path targetDirectory, @TempDir Path spool)
            throws Exception {
        super(stagingDirectory, targetDirectory, spool);
    }

    @Test
    void aPackThatIsLostAtTheTargetIsMended() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        copier().copy(made.ref(), CopyListener.NONE);
        var lost = targetDirectory.resolve(PackSet.path(packs(made).getFirst()));
        Files.delete(lost);

        copier().copy(made.ref(), CopyListener.NONE);

        assertThat(lost).exists();
    }

    @Test
    void aPackOfOtherBytesThatNothingVouchesForIsReplaced() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        var pack = packs(made).getFirst();
        var wrong = new byte[(int) Files.size(stagingDirectory.resolve(PackSet.path(pack)))];
        new DirectoryStore(targetDirectory).create(PackSet.path(pack), Body.of(wrong));

        copier().copy(made.ref(), CopyListener.NONE);

        assertThat(Sha256.of(Files.readAllBytes(targetDirectory.resolve(PackSet.path(pack)))))
                .isEqualTo(pack);
    }

    @Test
    void aPackDamagedInStagingIsMarkedAndNeverSent() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        var pack = packs(made).getFirst();
        var file = stagingDirectory.resolve(PackSet.path(pack));
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        file.toFile().setWritable(true);
        Files.write(file, bytes);

        assertKind(Kind.DAMAGED, () -> copier().copy(made.ref(), CopyListener.NONE));

        assertThat(stagingDirectory.resolve("damaged/" + pack)).exists();
        assertThat(targetDirectory.resolve(PackSet.path(pack))).doesNotExist();
        assertThat(artifacts(target)).isEmpty();
    }

    @Test
    void aPackMissingInStagingIsMarked() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        var pack = packs(made).getFirst();
        Files.delete(stagingDirectory.resolve(PackSet.path(pack)));

        assertKind(Kind.DAMAGED, () -> copier().copy(made.ref(), CopyListener.NONE));

        assertThat(stagingDirectory.resolve("damaged/" + pack)).exists();
    }

    @Test
    void aCondemnedPackIsStruckAndStays() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        var copier = copier();
        copier.copyPacks(packs(made));
        var pack = packs(made).getFirst();
        var other = Sha256.of(new byte[5]);
        new DirectoryStore(targetDirectory)
                .create("condemned/20261122T010203004Z-0a0b0c0d", Body.of(pack + "\n" + other + "\n"));
        Files.delete(targetDirectory.resolve(PackSet.path(pack)));

        copier.copy(made.ref(), CopyListener.NONE);

        assertThat(targetDirectory.resolve("condemned/20261122T010203004Z-0a0b0c0d"))
                .hasContent(other + "\n");
        assertThat(targetDirectory.resolve(PackSet.path(pack))).exists();
    }

    @Test
    void aPackThatIsCondemnedTwiceIsStruckTwice() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        var pack = packs(made).getFirst();
        var files = List.of("condemned/20261122T010203004Z-0a0b0c0d", "condemned/20261123T010203004Z-0a0b0c0d");
        for (var file : files) {
            new DirectoryStore(targetDirectory).create(file, Body.of(pack + "\n"));
        }

        copier().copy(made.ref(), CopyListener.NONE);

        for (var file : files) {
            assertThat(targetDirectory.resolve(file)).hasContent("");
        }
    }

    @Test
    void aPackThatIsDeletedAfterTheListingIsCopiedBeforeTheCommit() throws Exception {
        var first = backups.store("host/a", "one", PLAIN);
        copier().copy(first.ref(), CopyListener.NONE);
        var second = backups.store("host/a", "two", PLAIN);
        var pack = packs(second).getFirst();
        var condemned = targetDirectory.resolve("condemned/20261122T010203004Z-0a0b0c0d");
        Files.createDirectories(condemned.getParent());
        Files.writeString(condemned, pack + "\n");
        var deleting = new CopyListener() {
            @Override
            public void planned(long bytes, long present) {
                try {
                    Files.delete(targetDirectory.resolve(PackSet.path(pack)));
                    Files.delete(condemned);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };

        copier().copy(second.ref(), deleting);

        assertThat(targetDirectory.resolve(PackSet.path(pack))).exists();
    }

    @Test
    void whatAScrubFoundDamagedStandsForNothingAndIsReplacedWhoeverProvedItBefore() throws Exception {
        // Given an artifact that this process has copied, and then a flipped bit
        var made = backups.store("host/a", "one", PLAIN);
        var copier = copier();
        copier.copy(made.ref(), CopyListener.NONE);
        var pack = packs(made).getFirst();
        var file = targetDirectory.resolve(PackSet.path(pack));
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        // When a scrub has found that
        copier.ledger().append(new Scrub(pack, pack, 1, bytes.length, List.of(pack)), Map.of(), keys.shipper());

        // Then it is not said to be whole, and the next copy makes it so
        assertKind(Kind.DAMAGED, () -> copier.standing(made.ref()));
        copier.copy(made.ref(), CopyListener.NONE);
        assertThat(Sha256.of(Files.readAllBytes(file))).isEqualTo(pack);
    }
}
