package org.clusterbackup.repository.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.store.DirectoryStore;

/** Staging, a target that can be cut off, and what copies from one to the other. */
abstract class CopierLab {
    static final byte[] PLAIN = TestBackups.bytes(2 << 20, 1);
    final TestRepository keys = TestRepository.withNewKeys();
    final Path stagingDirectory;
    final Path targetDirectory;
    final Path spool;
    final Repository staging;
    final Repository target;
    final RecordingStore store;
    final TestBackups backups;

    CopierLab(Path stagingDirectory, Path targetDirectory, Path spool) throws Exception {
        this.stagingDirectory = stagingDirectory;
        this.targetDirectory = targetDirectory;
        this.spool = spool;
        staging = keys.staging(stagingDirectory);
        store = new RecordingStore(new DirectoryStore(targetDirectory));
        target = keys.target(store, staging, "tape");
        backups = new TestBackups(keys, staging, spool);
        store.written.clear();
        store.digested.clear();
    }

    final Copier copier() throws BackupException {
        return new Copier(staging, target, CopyOptions.defaults(spool, "test"));
    }

    final List<Sha256> packs(Manifest manifest) throws BackupException {
        var list = PackList.read(staging.store(), manifest);
        return IntStream.rangeClosed(1, list.count()).mapToObj(list::name).toList();
    }

    final List<String> artifacts(Repository repository) throws BackupException {
        var refs = new Artifacts(repository.store()).list();
        for (var ref : refs) {
            new Manifests(repository.store(), repository.description().repository(), keys.signers()).read(ref);
        }
        return refs.stream().map(ref -> ref.artifact().value()).toList();
    }

    static void assertKind(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.kind())
                .as(e.getMessage())
                .isEqualTo(kind));
    }
}
