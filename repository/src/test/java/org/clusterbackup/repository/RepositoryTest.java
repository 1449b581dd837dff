package org.clusterbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.DirectoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryTest {
    private final Path directory;
    private final TestRepository keys = TestRepository.withNewKeys();

    RepositoryTest(@TempDir Path directory) throws Exception {
        this.directory = directory;
    }

    @Test
    void whatInitMadeOpens() throws Exception {
        var made = keys.staging(directory);

        var opened = Repository.open(new DirectoryStore(directory), keys.signers());

        assertThat(opened.description()).isEqualTo(made.description());
        assertThat(directory.resolve("RESTORE.md")).exists();
        assertThat(directory.resolve("restore.sh")).exists();
    }

    @Test
    void aCopyHasTheSameIdAndItsOwnName(@TempDir Path other) throws Exception {
        var staging = keys.staging(directory);

        var target = keys.target(new DirectoryStore(other), staging, "tape");

        target.requireSameAs(staging.description());
        assertThat(target.requireTarget()).isEqualTo(new TargetName("tape"));
    }

    @Test
    void anotherRepositoryIsNoCopy(@TempDir Path other) throws Exception {
        var one = keys.staging(directory);
        var two = keys.staging(other);

        assertKind(Kind.NO_REPOSITORY, () -> two.requireSameAs(one.description()));
    }

    @Test
    void aPlaceWithoutRepositoryIsNamed() {
        assertKind(Kind.NO_REPOSITORY, () -> Repository.open(new DirectoryStore(directory), keys.signers()));
    }

    @Test
    void aRepositoryIsNeverMadeTwiceNorAmongOtherThings(@TempDir Path other) throws Exception {
        keys.staging(directory);
        Files.writeString(other.resolve("holiday.jpg"), "x");

        assertKind(Kind.TARGET_UNFIT, () -> keys.staging(directory));
        assertKind(Kind.TARGET_UNFIT, () -> keys.staging(other));
    }

    @Test
    void initGoesOnWhereAKilledOneEnded() throws Exception {
        Files.writeString(directory.resolve("RESTORE.md"), "cut");
        Files.writeString(directory.resolve("repository.json.0123456789abcdef.sig"), "orphan");

        assertThat(keys.staging(directory).description().isTarget()).isFalse();
    }

    @Test
    void anotherSignersRepositoryIsRefused() throws Exception {
        keys.staging(directory);
        var stranger = AllowedSigners.parse("x", "* " + SigningKey.generate("x").publicKey());

        assertKind(Kind.SIGNATURE, () -> Repository.open(new DirectoryStore(directory), stranger));
    }

    @Test
    void aNewerFormatIsToldFromTampering() throws Exception {
        keys.staging(directory);
        var file = directory.resolve("repository.json");
        new DirectoryStore(directory)
                .replace("repository.json", Body.of(Files.readString(file).replace("\"format\": 1", "\"format\": 2")));

        assertKind(Kind.UNKNOWN_FORMAT, () -> Repository.open(new DirectoryStore(directory), keys.signers()));
    }

    @Test
    void everyFlippedByteIsRefused() throws Exception {
        keys.staging(directory);
        var store = new DirectoryStore(directory);
        var whole = Files.readAllBytes(directory.resolve("repository.json"));
        for (var i = 0; i < whole.length; i++) {
            var flipped = whole.clone();
            flipped[i] ^= 1;
            store.replace("repository.json", Body.of(flipped));
            assertThatThrownBy(() -> Repository.open(store, keys.signers())).isInstanceOf(BackupException.class);
        }
    }

    @Test
    void itsLayoutIsWhatSedReads() throws Exception {
        keys.staging(directory);

        assertThat(Files.readString(directory.resolve("repository.json"), StandardCharsets.UTF_8))
                .startsWith("{\n  \"format\": 1,\n  \"repository\": \"")
                .contains("\n  \"role\": \"staging\",\n  \"revision\": 1,\n")
                .endsWith("\"\n}\n");
    }

    private static void assertKind(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.kind())
                .isEqualTo(kind));
    }
}
