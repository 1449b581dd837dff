package org.clusterbackup.scheduler.staging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.clusterbackup.events.SourceRetired;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.scheduler.Events;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetirementsTest {
    private static final String GONE = "host/gone";

    private final TestRepository keys;
    private final Repository staging;

    RetirementsTest(@TempDir Path folder) throws BackupException {
        keys = TestRepository.withNewKeys();
        staging = keys.staging(folder);
    }

    private void retire(SigningKey signer) throws BackupException {
        var note = JsonLayout.write(JsonLayout.object()
                .put("format", 1)
                .put("repository", staging.description().repository())
                .put("source", GONE)
                .put("time", Instant.now().toString()));
        staging.store().replace("retired/" + GONE + ".sig", Body.of(signer.sign(note)));
        staging.store().replace("retired/" + GONE, Body.of(note));
    }

    private List<SourceRetired> owed(Instant announced) throws BackupException {
        return Retirements.owed(
                staging, List.of(Events.announced(GONE, announced), Events.announced("host/stays", announced)));
    }

    @Test
    void sourceThatTheOperatorRetiredIsPublished() throws Exception {
        retire(keys.operator());

        assertThat(owed(Instant.now().minusSeconds(3600))).containsExactly(new SourceRetired(GONE));
    }

    @Test
    void sourceThatWasAnnouncedSinceStays() throws Exception {
        retire(keys.operator());

        assertThat(owed(Instant.now().plusSeconds(3600))).isEmpty();
    }

    @Test
    void strangersNoteRetiresNothing() throws Exception {
        retire(SigningKey.generate("stranger"));

        assertThat(owed(Instant.now().minusSeconds(3600))).isEmpty();
    }
}
