package org.clusterbackup.repository.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Sha256;
import org.jspecify.annotations.Nullable;

/** Moves objects at no more than a rate up and a rate down. What a store reads back for digests goes unlimited. */
final class LimitedStore implements ObjectStore {
    private final ObjectStore store;
    private final @Nullable RateLimit up;
    private final @Nullable RateLimit down;

    /** @param up null for no limit, as is {@code down} */
    LimitedStore(ObjectStore store, @Nullable RateLimit up, @Nullable RateLimit down) {
        this.store = store;
        this.up = up;
        this.down = down;
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        return store.create(name, limited(body));
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        store.replace(name, limited(body));
    }

    @Override
    public InputStream open(String name) throws BackupException {
        return limited(store.open(name), down);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws BackupException {
        return limited(store.open(name, offset, length), down);
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
    public OptionalLong freeBytes() throws BackupException {
        return store.freeBytes();
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

    private Body limited(Body body) {
        return new Body() {
            @Override
            public long length() {
                return body.length();
            }

            @Override
            public Sha256 sha256() {
                return body.sha256();
            }

            @Override
            public InputStream open() throws IOException {
                return limited(body.open(), up);
            }
        };
    }

    private static InputStream limited(InputStream in, @Nullable RateLimit limit) {
        return limit == null ? in : new LimitedInputStream(in, limit);
    }

    private static final class LimitedInputStream extends FilterInputStream {
        private final RateLimit limit;

        LimitedInputStream(InputStream in, RateLimit limit) {
            super(in);
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            var n = in.read(b, off, Math.min(len, limit.stepBytes()));
            if (n > 0) {
                try {
                    limit.take(n);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while waiting for the bandwidth limit");
                }
            }
            return n;
        }
    }
}
