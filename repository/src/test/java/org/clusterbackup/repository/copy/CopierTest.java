package org.clusterbackup.repository.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.clusterbackup.repository.AtOnce;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.ledger.Deletion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopierTest extends CopierLab {
    CopierTest(@TempDir Path stagingDirectory, @TempDir Path targetDirectory, @TempDir Path spool) throws Exception {
        super(stagingDirectory, targetDirectory, spool);
    }

    @Test
    void anArtifactArrivesWholeWithItsManifestLast() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);

        var copied = copier().copy(made.ref(), CopyListener.NONE);

        assertThat(copied.bytesCopied()).isEqualTo(made.storedBytes());
        assertThat(copied.bytesPresent()).isZero();
        assertThat(artifacts(target)).contains(made.ref().artifact().value());
        assertThat(store.written.getLast()).isEqualTo(made.ref().object(ArtifactRef.MANIFEST));
        for (var pack : packs(made)) {
            assertThat(Sha256.of(Files.readAllBytes(targetDirectory.resolve(PackSet.path(pack)))))
                    .isEqualTo(pack);
        }
        assertThat(targetDirectory.resolve(made.ref().object(ArtifactRef.INDEX)))
                .doesNotExist();
        assertThat(targetDirectory.resolve("lock")).doesNotExist();
    }

    @Test
    void nothingThatIsThereIsCopiedTwice() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        copier().copy(made.ref(), CopyListener.NONE);
        store.written.clear();
        store.digested.clear();

        var again = copier().copy(made.ref(), CopyListener.NONE);

        assertThat(again.bytesCopied()).isZero();
        assertThat(store.written).noneMatch(name -> name.startsWith("packs/"));
        assertThat(store.digested).noneMatch(name -> name.startsWith("packs/"));
    }

    @Test
    void aSecondArtifactCostsWhatChanged() throws Exception {
        copier().copy(backups.store("host/a", "one", PLAIN).ref(), CopyListener.NONE);
        var changed = Arrays.copyOf(PLAIN, PLAIN.length + 1000);
        var second = backups.store("host/a", "two", changed);

        var copied = copier().copy(second.ref(), CopyListener.NONE);

        assertThat(copied.bytesCopied()).isEqualTo(second.newBytes());
        assertThat(copied.bytesCopied()).isLessThan(copied.bytesPresent());
    }

    @Test
    void packsSentAheadAreNotSentAgainAndCountAsSent() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        var copier = copier();
        assertThat(copier.copyPacks(packs(made))).isEqualTo(made.storedBytes());
        store.written.clear();
        store.digested.clear();

        var copied = copier.copy(made.ref(), CopyListener.NONE);

        assertThat(copied.bytesCopied()).isEqualTo(made.storedBytes());
        assertThat(store.written).noneMatch(name -> name.startsWith("packs/"));
        assertThat(store.digested).noneMatch(name -> name.startsWith("packs/"));
    }

    @Test
    void aHintOfWhatIsNoPackIsPassedOver() throws Exception {
        assertThat(copier().copyPacks(List.of(Sha256.of(new byte[1])))).isZero();
    }

    @Test
    void whatACutCopyLeftIsProvedAndNotSentAgain() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        store.writesUntilCut = 4;
        assertKind(Kind.UNREACHABLE, () -> copier().copy(made.ref(), CopyListener.NONE));
        assertThat(artifacts(target)).isEmpty();
        store.writesUntilCut = Integer.MAX_VALUE;
        var before =
                store.written.stream().filter(name -> name.startsWith("packs/")).toList();
        assertThat(before).isNotEmpty();
        store.written.clear();
        store.digested.clear();

        copier().copy(made.ref(), CopyListener.NONE);

        assertThat(store.written).doesNotContainAnyElementsOf(before);
        assertThat(store.digested).containsAll(before);
    }

    @Test
    void cutBeforeAnyWriteItLeavesNoArtifactAndTheNextCopyIsWhole() throws Exception {
        var made = backups.store("host/a", "one", TestBackups.bytes(600_000, 2));
        for (var writes = 0; writes < 20; writes++) {
            store.writesUntilCut = writes;
            try {
                copier().copy(made.ref(), CopyListener.NONE);
                break;
            } catch (BackupException e) {
                assertThat(artifacts(target)).isEmpty();
                Files.deleteIfExists(targetDirectory.resolve("lock"));
            }
        }
        store.writesUntilCut = Integer.MAX_VALUE;

        assertThat(copier().copy(made.ref(), CopyListener.NONE).manifest()).isEqualTo(made);
    }

    @Test
    void aManifestThatIsAnotherThanTheOneCopiedIsNotCommitted() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        var other = new String(made.toBytes(), UTF_8)
                .replace("\"warnings\": []", "\"warnings\": [\"other\"]")
                .getBytes(UTF_8);
        assertThat(other).isNotEqualTo(made.toBytes());
        var replacing = new CopyListener() {
            @Override
            public void planned(long bytes, long present) {
                try {
                    Files.write(stagingDirectory.resolve(made.ref().object(ArtifactRef.MANIFEST)), other);
                    Files.writeString(
                            stagingDirectory.resolve(made.ref().object(ArtifactRef.SIGNATURE)),
                            keys.agent().sign(other));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };

        assertKind(Kind.DAMAGED, () -> copier().copy(made.ref(), replacing));

        assertThat(artifacts(target)).isEmpty();
    }

    @Test
    void onlyOldLeftoversAreSwept() throws Exception {
        var old = Files.createFile(targetDirectory.resolve(".tmp-old"));
        var young = Files.createFile(targetDirectory.resolve(".tmp-young"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        Files.setLastModifiedTime(young, FileTime.from(Instant.now().minus(Duration.ofHours(23))));

        assertThat(copier().sweepLeftovers()).isOne();

        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(targetDirectory.resolve("lock")).doesNotExist();
    }

    @Test
    void anArtifactThatWasDeletedThereDoesNotComeBack() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        var copier = copier();
        var copied = copier.copy(made.ref(), CopyListener.NONE);
        copier.ledger()
                .append(
                        new Deletion(
                                List.of(new Deletion.Deleted(
                                        made.ref().source(),
                                        made.ref().artifact(),
                                        copied.manifestSha256(),
                                        Optional.empty())),
                                "too old"),
                        Map.of(),
                        keys.shipper());

        assertThat(copier.wasDeleted(made.ref())).isTrue();
        assertKind(Kind.RETAINED, () -> copier.copy(made.ref(), CopyListener.NONE));
    }

    @Test
    void twoCopiersAtOnceLeaveOneWholeArtifact() throws Exception {
        var made = backups.store("host/a", "one", PLAIN);
        var copies = new ArrayList<Callable<?>>();
        for (var number = 0; number < 3; number++) {
            var copier = copier();
            copies.add(() -> copier.copy(made.ref(), CopyListener.NONE));
        }

        AtOnce.run(copies);

        assertThat(artifacts(target)).containsExactly(made.ref().artifact().value());
    }

    @Test
    void twoRepositoriesAreNotMixedUp(@TempDir Path other) {
        assertKind(
                Kind.NO_REPOSITORY, () -> new Copier(keys.staging(other), target, CopyOptions.defaults(spool, "test")));
    }

    @Test
    void aTargetWhoseDiskIsNotThereAnyMoreGetsNothing() throws Exception {
        // Given a copier that was made when it was there, and the empty folder that its mount leaves
        var copier = copier();
        var made = backups.store("host/a", "one", PLAIN);
        try (var all = Files.walk(targetDirectory)) {
            for (var file : all.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        store.written.clear();

        assertKind(Kind.NO_REPOSITORY, () -> copier.copy(made.ref(), CopyListener.NONE));
        assertThat(store.written).isEmpty();
    }
}
