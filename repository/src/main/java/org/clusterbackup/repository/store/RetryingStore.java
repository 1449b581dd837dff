package org.clusterbackup.repository.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Sha256;

/**
 * Repeats calls that failed for want of an answer. A creation whose outcome is unknown is safe to repeat: what the first
 * one stored is found with equal bytes. A read that breaks goes on where it broke. A list is repeated only while its
 * consumer has seen nothing: who counts must not count twice.
 */
final class RetryingStore implements ObjectStore {
    private final ObjectStore store;
    private final Retries retries;

    RetryingStore(ObjectStore store, Retries retries) {
        this.store = store;
        this.retries = retries;
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        return retries.call(() -> store.create(name, body));
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        retries.run(() -> store.replace(name, body));
    }

    @Override
    public InputStream open(String name) throws BackupException {
        return open(name, 0, Long.MAX_VALUE);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws BackupException {
        var first = retries.call(() -> openBelow(name, offset, length));
        return new ResumingInputStream(first, offset, length, retries, (from, left) -> openBelow(name, from, left));
    }

    private InputStream openBelow(String name, long offset, long length) throws BackupException {
        return offset == 0 && length == Long.MAX_VALUE ? store.open(name) : store.open(name, offset, length);
    }

    @Override
    public Optional<ObjectInfo> stat(String name) throws BackupException {
        return retries.call(() -> store.stat(name));
    }

    @Override
    public void list(String folder, Consumer<ObjectInfo> each) throws BackupException {
        list(seen -> store.list(folder, seen), each);
    }

    @Override
    public List<String> children(String folder) throws BackupException {
        return retries.call(() -> store.children(folder));
    }

    @Override
    public List<Optional<Sha256>> digests(List<String> names) throws BackupException {
        return retries.call(() -> store.digests(names));
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
        retries.run(() -> store.delete(name));
    }

    @Override
    public void listUnfinished(Consumer<ObjectInfo> each) throws BackupException {
        list(store::listUnfinished, each);
    }

    @Override
    public void deleteUnfinished(String name) throws BackupException {
        retries.run(() -> store.deleteUnfinished(name));
    }

    @Override
    public void close() {
        store.close();
    }

    @FunctionalInterface
    private interface Listing {
        void list(Consumer<ObjectInfo> each) throws BackupException;
    }

    private void list(Listing listing, Consumer<ObjectInfo> each) throws BackupException {
        var begun = new AtomicBoolean();
        var broken = retries.call(() -> {
            try {
                listing.list(info -> {
                    begun.set(true);
                    each.accept(info);
                });
                return Optional.<BackupException>empty();
            } catch (BackupException e) {
                if (begun.get()) {
                    return Optional.of(e);
                }
                throw e;
            }
        });
        if (broken.isPresent()) {
            throw broken.get();
        }
    }

    /** Opens the rest of an object. */
    @FunctionalInterface
    interface Reopening {
        InputStream open(long offset, long length) throws BackupException;
    }

    /** Goes on where a broken read ended, with a fresh time limit after every byte that came. */
    private static final class ResumingInputStream extends InputStream {
        private final Retries retries;
        private final Reopening reopening;
        private InputStream in;
        private long offset;
        private long left;

        ResumingInputStream(InputStream in, long offset, long length, Retries retries, Reopening reopening) {
            this.in = in;
            this.offset = offset;
            this.left = length;
            this.retries = retries;
            this.reopening = reopening;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n;
            try {
                n = in.read(b, off, len);
            } catch (IOException e) {
                n = resume(b, off, len, e);
            }
            if (n > 0) {
                offset += n;
                left -= left == Long.MAX_VALUE ? 0 : n;
            }
            return n;
        }

        private int resume(byte[] b, int off, int len, IOException broken) throws IOException {
            try {
                return retries.call(broken, () -> {
                    in.close();
                    in = reopening.open(offset, left);
                    return in.read(b, off, len);
                });
            } catch (BackupException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
