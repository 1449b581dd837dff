package org.clusterbackup.repository.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.StoreListener.Operation;

/** Tells a listener of every call. */
final class MeteredStore implements ObjectStore {
    private final ObjectStore store;
    private final StoreListener listener;

    MeteredStore(ObjectStore store, StoreListener listener) {
        this.store = store;
        this.listener = listener;
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        return call(Operation.CREATE, stored -> stored.existed() ? 0 : body.length(), () -> store.create(name, body));
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        call(Operation.REPLACE, done -> body.length(), () -> {
            store.replace(name, body);
            return true;
        });
    }

    @Override
    public InputStream open(String name) throws BackupException {
        var begun = System.nanoTime();
        return metered(begun, opened(begun, () -> store.open(name)));
    }

    @Override
    public InputStream open(String name, long offset, long length) throws BackupException {
        var begun = System.nanoTime();
        return metered(begun, opened(begun, () -> store.open(name, offset, length)));
    }

    @Override
    public Optional<ObjectInfo> stat(String name) throws BackupException {
        return call(Operation.STAT, none -> 0, () -> store.stat(name));
    }

    @Override
    public void list(String folder, Consumer<ObjectInfo> each) throws BackupException {
        call(Operation.LIST, none -> 0, () -> {
            store.list(folder, each);
            return true;
        });
    }

    @Override
    public List<String> children(String folder) throws BackupException {
        return call(Operation.LIST, none -> 0, () -> store.children(folder));
    }

    @Override
    public List<Optional<Sha256>> digests(List<String> names) throws BackupException {
        return call(Operation.DIGEST, none -> 0, () -> store.digests(names));
    }

    @Override
    public boolean digestsAtFarSide() {
        return store.digestsAtFarSide();
    }

    @Override
    public OptionalLong freeBytes() throws BackupException {
        return store.freeBytes();
    }

    @Override
    public void delete(String name) throws BackupException {
        call(Operation.DELETE, none -> 0, () -> {
            store.delete(name);
            return true;
        });
    }

    @Override
    public void listUnfinished(Consumer<ObjectInfo> each) throws BackupException {
        call(Operation.LIST, none -> 0, () -> {
            store.listUnfinished(each);
            return true;
        });
    }

    @Override
    public void deleteUnfinished(String name) throws BackupException {
        call(Operation.DELETE, none -> 0, () -> {
            store.deleteUnfinished(name);
            return true;
        });
    }

    @Override
    public void close() {
        store.close();
    }

    private <T> T call(Operation operation, ToLongFunction<T> bytes, Retries.Call<T> call) throws BackupException {
        var begun = System.nanoTime();
        try {
            var result = call.call();
            listener.done(operation, bytes.applyAsLong(result), System.nanoTime() - begun, Optional.empty());
            return result;
        } catch (BackupException e) {
            listener.done(operation, 0, System.nanoTime() - begun, Optional.of(e.kind()));
            throw e;
        }
    }

    private InputStream opened(long begun, Retries.Call<InputStream> call) throws BackupException {
        try {
            return call.call();
        } catch (BackupException e) {
            listener.done(Operation.READ, 0, System.nanoTime() - begun, Optional.of(e.kind()));
            throw e;
        }
    }

    private InputStream metered(long begun, InputStream in) {
        return new MeteredInputStream(begun, in);
    }

    private final class MeteredInputStream extends FilterInputStream {
        private final long begun;
        private long bytes;
        private Optional<Kind> failure = Optional.empty();
        private boolean told;

        MeteredInputStream(long begun, InputStream in) {
            super(in);
            this.begun = begun;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            try {
                var n = in.read(b, off, len);
                bytes += Math.max(0, n);
                return n;
            } catch (IOException e) {
                failure = Optional.of(Kind.UNREACHABLE);
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            if (!told) {
                told = true;
                listener.done(Operation.READ, bytes, System.nanoTime() - begun, failure);
            }
            in.close();
        }
    }
}
