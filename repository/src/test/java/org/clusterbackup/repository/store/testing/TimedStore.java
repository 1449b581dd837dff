package org.clusterbackup.repository.store.testing;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.Stored;

/** Any store with a clock of its own, which goes as a test says; it can also die before any change, or keep what it has. */
public final class TimedStore extends ForwardingStore {
    private final Map<String, Instant> times = new ConcurrentHashMap<>();
    private volatile Instant now = Instant.now();
    private int changesUntilDeath = Integer.MAX_VALUE;
    private int changes;
    private volatile Predicate<String> locked = _ -> false;
    private volatile Before before = _ -> {};

    public TimedStore(ObjectStore store) {
        super(store);
    }

    /** From now on it is {@code time} here. */
    public void at(Instant time) {
        now = time;
    }

    public Instant now() {
        return now;
    }

    /** After so many changes none is done any more, as if whoever makes them were killed. */
    public synchronized void dieAfter(int more) {
        changes = 0;
        changesUntilDeath = more;
    }

    public synchronized void live() {
        changesUntilDeath = Integer.MAX_VALUE;
    }

    /** Changes since {@link #dieAfter}. */
    public synchronized int changes() {
        return changes;
    }

    /** Objects of such names are not deleted for anybody. */
    public void lock(Predicate<String> names) {
        locked = names;
    }

    /** Something that happens just before a change. */
    @FunctionalInterface
    public interface Before {
        void change(String name) throws BackupException;
    }

    /** Does so before every change, by the thread that makes it; what that does itself comes through here, too. */
    public void before(Before what) {
        before = what;
    }

    private void change(String name) throws BackupException {
        before.change(name);
        count(name);
    }

    private synchronized void count(String name) throws BackupException {
        if (changes >= changesUntilDeath) {
            throw new BackupException(Kind.FAILED, "killed before " + name);
        }
        changes++;
    }

    private ObjectInfo timed(ObjectInfo info) {
        return new ObjectInfo(info.name(), info.size(), times.getOrDefault(info.name(), info.modified()));
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        change(name);
        var stored = super.create(name, body);
        if (!stored.existed()) {
            times.put(name, now);
        }
        return stored;
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        change(name);
        super.replace(name, body);
        times.put(name, now);
    }

    @Override
    public Optional<ObjectInfo> stat(String name) throws BackupException {
        return super.stat(name).map(this::timed);
    }

    @Override
    public void list(String folder, Consumer<ObjectInfo> each) throws BackupException {
        super.list(folder, info -> each.accept(timed(info)));
    }

    @Override
    public void delete(String name) throws BackupException {
        change(name);
        if (locked.test(name)) {
            throw new BackupException(Kind.NOT_PERMITTED, "may not delete " + name);
        }
        super.delete(name);
        times.remove(name);
    }
}
