package org.clusterbackup.repository.copy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.Stored;
import org.clusterbackup.repository.store.testing.ForwardingStore;

/** Remembers what was written and digested, and breaks before a write on request. */
final class RecordingStore extends ForwardingStore {
    final List<String> written = new CopyOnWriteArrayList<>();
    final List<String> digested = new CopyOnWriteArrayList<>();
    volatile int writesUntilCut = Integer.MAX_VALUE;

    RecordingStore(ObjectStore store) {
        super(store);
    }

    private synchronized void write(String name) throws BackupException {
        if (writesUntilCut-- <= 0) {
            throw new BackupException(Kind.UNREACHABLE, "cut before " + name);
        }
        written.add(name);
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        write(name);
        return super.create(name, body);
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        write(name);
        super.replace(name, body);
    }

    @Override
    public List<Optional<Sha256>> digests(List<String> names) throws BackupException {
        digested.addAll(names);
        return super.digests(names);
    }
}
