package org.clusterbackup.repository.store.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.Stored;

/** Objects in memory, which a test can alter behind the program's back. */
public final class MemoryStore implements ObjectStore {
    public final SortedMap<String, byte[]> objects = new TreeMap<>();

    /** The bytes of an object that is there. */
    public byte[] bytes(String name) {
        return Objects.requireNonNull(objects.get(name), name);
    }

    public MemoryStore copy() {
        var copy = new MemoryStore();
        copy.objects.putAll(objects);
        return copy;
    }

    @Override
    public String location() {
        return "memory";
    }

    @Override
    public synchronized Stored create(String name, Body body) throws BackupException {
        var bytes = bytes(body);
        var there = objects.putIfAbsent(name, bytes);
        if (there != null && !Sha256.of(there).equals(body.sha256())) {
            throw new BackupException(Kind.DAMAGED, name + " holds other bytes");
        }
        return new Stored(there != null, true);
    }

    private static byte[] bytes(Body body) throws BackupException {
        try (var in = body.open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new BackupException(Kind.FAILED, e.toString(), e);
        }
    }

    @Override
    public synchronized void replace(String name, Body body) throws BackupException {
        objects.put(name, bytes(body));
    }

    private synchronized byte[] get(String name) throws BackupException {
        var bytes = objects.get(name);
        if (bytes == null) {
            throw new BackupException(Kind.NOT_FOUND, "no object " + name);
        }
        return bytes;
    }

    @Override
    public InputStream open(String name) throws BackupException {
        return new ByteArrayInputStream(get(name));
    }

    @Override
    public InputStream open(String name, long offset, long length) throws BackupException {
        return new ByteArrayInputStream(get(name), (int) offset, (int) length);
    }

    @Override
    public synchronized Optional<ObjectInfo> stat(String name) {
        return Optional.ofNullable(objects.get(name)).map(b -> new ObjectInfo(name, b.length, Instant.now()));
    }

    @Override
    public synchronized void list(String folder, Consumer<ObjectInfo> each) {
        var prefix = folder.isEmpty() ? "" : folder + "/";
        List.copyOf(objects.entrySet()).forEach(object -> {
            var name = object.getKey();
            var bytes = object.getValue();
            if (name.startsWith(prefix)) {
                each.accept(new ObjectInfo(name, bytes.length, Instant.now()));
            }
        });
    }

    @Override
    public synchronized List<String> children(String folder) {
        var prefix = folder.isEmpty() ? "" : folder + "/";
        var children = new TreeSet<String>();
        for (var name : objects.keySet()) {
            if (name.startsWith(prefix)) {
                var slash = name.indexOf('/', prefix.length());
                children.add(name.substring(prefix.length(), slash < 0 ? name.length() : slash + 1));
            }
        }
        return List.copyOf(children);
    }

    @Override
    public synchronized List<Optional<Sha256>> digests(List<String> names) {
        return names.stream()
                .map(name -> Optional.ofNullable(objects.get(name)).map(Sha256::of))
                .toList();
    }

    @Override
    public boolean digestsAtFarSide() {
        return true;
    }

    @Override
    public synchronized void delete(String name) {
        objects.remove(name);
    }

    @Override
    public void listUnfinished(Consumer<ObjectInfo> each) {}

    @Override
    public void deleteUnfinished(String name) {}

    @Override
    public void close() {}
}
