package org.clusterbackup.repository.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackListTest {
    private static final int LARGE = 40_000;

    private final TestRepository repository;
    private final Manifest made;
    private final Path file;

    PackListTest(@TempDir Path directory) throws Exception {
        repository = new TestRepository(directory);
        made = repository.write(new byte[100]);
        file = repository.root.resolve(made.ref().object(ArtifactRef.PACKS));
    }

    private static String lines(int count) {
        return IntStream.range(0, count).mapToObj("%064x 1\n"::formatted).collect(Collectors.joining());
    }

    private static Manifest signing(Manifest made, Sha256 packs) {
        return new Manifest(
                made.repository(),
                made.ref(),
                made.run(),
                made.origin(),
                made.writer(),
                made.started(),
                made.finished(),
                made.streamBytes(),
                made.storedBytes(),
                made.newBytes(),
                made.base(),
                made.chunkAverageBytes(),
                made.encryption(),
                packs,
                made.contentsSha256(),
                made.indexSha256());
    }

    @Test
    void aListTooLongToBeReadAtOnceIsReadWhole() throws Exception {
        var text = lines(LARGE);
        Files.writeString(file, text);
        var manifest = signing(made, Sha256.of(text.getBytes(StandardCharsets.US_ASCII)));

        var list = PackList.read(repository.store, manifest);

        assertThat(list.count()).isEqualTo(LARGE);
        assertThat(list.name(LARGE).hex()).isEqualTo("%064x".formatted(LARGE - 1));
    }

    /** That it has a bad line was not even looked at: none is kept before the digest is right. */
    @Test
    void ofAListThatWasNotSignedNothingIsKept() throws Exception {
        Files.writeString(file, lines(LARGE) + "bad\n");

        assertThatThrownBy(() -> PackList.read(repository.store, made))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining("has not the digest that was signed");
    }
}
