package org.clusterbackup.repository.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.store.Body;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArtifactsTest {
    private static final String OLD = "20261120T000000000Z-0000000a";
    private static final String NEW = "20261121T000000000Z-0000000b";
    private static final String OTHER = "20261121T000000000Z-0000000c";

    private final TestRepository repository;
    private final Artifacts artifacts;

    ArtifactsTest(@TempDir Path directory) {
        repository = new TestRepository(directory);
        artifacts = new Artifacts(repository.store);
    }

    @BeforeEach
    void threeArtifactsAndAnUnfinishedOne() throws BackupException {
        commit("brick/a/0/n", OLD);
        commit("brick/a/0/n", NEW);
        commit("host/n", OTHER);
        repository.store.create("artifacts/host/n/20261122T000000000Z-0000000d/packs", Body.of(""));
    }

    private void commit(String source, String artifact) throws BackupException {
        repository.store.create("artifacts/" + source + "/" + artifact + "/manifest.json", Body.of("{}"));
    }

    @Test
    void whatIsCommittedIsListedInOrder() throws BackupException {
        assertThat(artifacts.list())
                .extracting(ArtifactRef::toString)
                .containsExactly("brick/a/0/n/" + OLD, "brick/a/0/n/" + NEW, "host/n/" + OTHER);
    }

    @ParameterizedTest
    @CsvSource({
        "brick/a/0/n@latest, " + NEW,
        "brick/a/0/n@oldest, " + OLD,
        "brick/a/0/n@20261121, " + NEW,
        "host/n@latest, " + OTHER,
        "brick/a/0/n@" + OLD + "," + OLD,
        "brick/a/0/n/" + OLD + "," + OLD,
        "brick/a/0/n/20261121, " + NEW,
        "20261120, " + OLD,
        OTHER + "," + OTHER
    })
    void aNameIsResolved(String text, String artifact) throws BackupException {
        assertThat(artifacts.resolve(text).artifact().value()).isEqualTo(artifact);
    }

    @ParameterizedTest
    @CsvSource({
        "20261121, USAGE",
        "2026, USAGE",
        "brick/a/0/n, USAGE",
        "host/n/latest, NOT_FOUND",
        "20261122, NOT_FOUND",
        "etcd/x@latest, NOT_FOUND",
        "Bad@latest, USAGE"
    })
    void whatNamesNoneOrSeveralIsRefused(String text, Kind kind) {
        assertThatThrownBy(() -> artifacts.resolve(text))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void theNewestIsTheNewestCommitted() throws BackupException {
        assertThat(artifacts.newest(new SourceName("host/n"), 2))
                .extracting(ArtifactRef::toString)
                .containsExactly("host/n/" + OTHER);
    }
}
