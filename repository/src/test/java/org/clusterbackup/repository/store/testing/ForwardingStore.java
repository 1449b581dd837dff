package org.clusterbackup.repository.store.testing;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.Stored;

/** Any store as it is: what a test wants otherwise it overrides. */
public abstract class ForwardingStore implements ObjectStore {
    private final ObjectStore store;

    protected ForwardingStore(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        return store.create(name, body);
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        store.replace(name, body);
    }

    @Override
    public InputStream open(String name) throws BackupException {
        return store.open(name);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws BackupException {
        return store.open(name, offset, length);
    }

    @Override
    public Optional<ObjectInfo> stat(String name) throws BackupException {
        return store.stat(name);
    }

    @Override
    public void list(String folder, Consumer<ObjectInfo> each) throws BackupException {
        store.list(folder, each);
    }

    @Override
    public List<String> children(String folder) throws BackupException {
        return store.children(folder);
    }

    @Override
    public List<Optional<Sha256>> digests(List<String> names) throws BackupException {
        return store.digests(names);
    }

    @Override
    public boolean digestsAtFarSide() {
        return store.digestsAtFarSide();
    }

    @Override
    public void delete(String name) throws BackupException {
        store.delete(name);
    }

    @Override
    public void listUnfinished(Consumer<ObjectInfo> each) throws BackupException {
        store.listUnfinished(each);
    }

    @Override
    public void deleteUnfinished(String name) throws BackupException {
        store.deleteUnfinished(name);
    }

    @Override
    public void close() {
        store.close();
    }
}
