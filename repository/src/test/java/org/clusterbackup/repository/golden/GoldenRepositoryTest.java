package org.clusterbackup.repository.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.ReaderOptions;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.Identity;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.store.DirectoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a released program wrote stays readable: the repositories here are never made anew. */
class GoldenRepositoryTest {
    private final Path golden;
    private final Path spool;

    GoldenRepositoryTest(@TempDir Path spool) throws URISyntaxException {
        this.spool = spool;
        golden = Path.of(
                Objects.requireNonNull(getClass().getResource("/golden-v1")).toURI());
    }

    @ParameterizedTest
    @ValueSource(strings = {"staging", "target"})
    void everyArtifactOfVersion1IsRead(String copy) throws Exception {
        var keys = new KeysDirectory(golden.resolve("keys"));
        var signers = AllowedSigners.read(keys.allowedSigners());
        var envelope = Envelope.openedBy(Identity.read(keys.identity()));

        var read = new TreeMap<String, String>();
        try (var store = new DirectoryStore(golden.resolve(copy))) {
            var repository = Repository.open(store, signers);
            for (var ref : new Artifacts(store).list()) {
                var stream = new ByteArrayOutputStream();
                try (var reader = ArtifactReader.open(
                        store,
                        repository.description().repository(),
                        signers,
                        envelope,
                        ref,
                        ReaderOptions.defaults(spool))) {
                    reader.copyTo(stream, bytes -> {});
                }
                read.put(ref.toString(), Sha256.of(stream.toByteArray()).hex());
            }
        }

        assertThat(read).isEqualTo(expected());
    }

    @Test
    void theLedgerOfVersion1IsWhole() throws Exception {
        var keys = new KeysDirectory(golden.resolve("keys"));
        try (var store = new DirectoryStore(golden.resolve("target"))) {
            var chain = new Ledger(Repository.open(store, AllowedSigners.read(keys.allowedSigners()))).read();

            chain.requireWhole();
            assertThat(chain.recoveryPointOf("nightly-2")).isPresent();
        }
    }

    private Map<String, String> expected() throws Exception {
        var expected = new TreeMap<String, String>();
        for (var line : Files.readAllLines(golden.resolve("streams"))) {
            expected.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
        }
        return expected;
    }
}
