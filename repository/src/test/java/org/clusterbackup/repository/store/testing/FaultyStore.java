package org.clusterbackup.repository.store.testing;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.Stored;
import org.jspecify.annotations.Nullable;

/** Any store, with faults on script: each call of a method takes the next fault of its queue, or works. */
public final class FaultyStore implements ObjectStore {
    /** What a fault is scripted for. Both ways to open are one method. */
    public enum Method {
        CREATE,
        REPLACE,
        OPEN,
        STAT,
        LIST,
        CHILDREN,
        DIGESTS,
        DELETE,
        LIST_UNFINISHED,
        DELETE_UNFINISHED
    }

    /** What goes wrong in one call. */
    public sealed interface Fault {
        /** Nothing: the call works. */
        record None() implements Fault {}

        /** The call fails and did nothing. */
        record Before(Kind kind) implements Fault {}

        /** The call fails although it was done: its answer got lost. A list fails in its middle. */
        record After(Kind kind) implements Fault {}

        /** A read breaks with an IOException after so many bytes. */
        record Break(long afterBytes) implements Fault {}

        /** A read ends after so many bytes, as if there were no more. */
        record Truncate(long afterBytes) implements Fault {}

        /** A read lies: the byte at that place of what is read has its lowest bit flipped. */
        record Flip(long at) implements Fault {}
    }

    private final ObjectStore store;
    private final Map<Method, Queue<Fault>> script = new EnumMap<>(Method.class);
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();

    public FaultyStore(ObjectStore store) {
        this.store = store;
        for (var method : Method.values()) {
            script.put(method, new ConcurrentLinkedQueue<>());
        }
    }

    private record Rule(Method method, Predicate<String> names, Fault fault) {}

    /** The next calls of a method meet these faults, one each, in this order. */
    public FaultyStore next(Method method, Fault... faults) {
        queue(method).addAll(List.of(faults));
        return this;
    }

    /** Every call of a method for such a name meets a fault; the queue of {@link #next} goes first. */
    public FaultyStore always(Method method, Predicate<String> names, Fault fault) {
        rules.add(new Rule(method, names, fault));
        return this;
    }

    /** From now on nothing goes wrong. */
    public void heal() {
        rules.clear();
        script.values().forEach(Queue::clear);
    }

    /** Every call so far, as {@code METHOD name}. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        return call(Method.CREATE, name, () -> store.create(name, body));
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        call(Method.REPLACE, name, () -> {
            store.replace(name, body);
            return true;
        });
    }

    @Override
    public InputStream open(String name) throws BackupException {
        return open(name, () -> store.open(name));
    }

    @Override
    public InputStream open(String name, long offset, long length) throws BackupException {
        return open(name, () -> store.open(name, offset, length));
    }

    @Override
    public Optional<ObjectInfo> stat(String name) throws BackupException {
        return call(Method.STAT, name, () -> store.stat(name));
    }

    @Override
    public void list(String folder, Consumer<ObjectInfo> each) throws BackupException {
        list(Method.LIST, folder, each, sink -> store.list(folder, sink));
    }

    @Override
    public List<String> children(String folder) throws BackupException {
        return call(Method.CHILDREN, folder, () -> store.children(folder));
    }

    @Override
    public List<Optional<Sha256>> digests(List<String> names) throws BackupException {
        return call(Method.DIGESTS, String.join(" ", names), () -> store.digests(names));
    }

    @Override
    public boolean digestsAtFarSide() {
        return store.digestsAtFarSide();
    }

    @Override
    public void delete(String name) throws BackupException {
        call(Method.DELETE, name, () -> {
            store.delete(name);
            return true;
        });
    }

    @Override
    public void listUnfinished(Consumer<ObjectInfo> each) throws BackupException {
        list(Method.LIST_UNFINISHED, "", each, store::listUnfinished);
    }

    @Override
    public void deleteUnfinished(String name) throws BackupException {
        call(Method.DELETE_UNFINISHED, name, () -> {
            store.deleteUnfinished(name);
            return true;
        });
    }

    @Override
    public void close() {
        store.close();
    }

    @FunctionalInterface
    private interface Call<T> {
        T run() throws BackupException;
    }

    @FunctionalInterface
    private interface Listing {
        void list(Consumer<ObjectInfo> each) throws BackupException;
    }

    private Queue<Fault> queue(Method method) {
        var queue = script.get(method);
        if (queue == null) {
            throw new IllegalStateException("every method has a queue");
        }
        return queue;
    }

    private Fault take(Method method, String name) {
        calls.add(method + " " + name);
        @Nullable Fault scripted = queue(method).poll();
        if (scripted != null) {
            return scripted;
        }
        return rules.stream()
                .filter(rule -> rule.method() == method && rule.names().test(name))
                .map(Rule::fault)
                .findFirst()
                .orElseGet(Fault.None::new);
    }

    private <T> T call(Method method, String name, Call<T> call) throws BackupException {
        return switch (take(method, name)) {
            case Fault.Before(var kind) -> throw failure(kind, method, name);
            case Fault.After(var kind) -> {
                call.run();
                throw failure(kind, method, name);
            }
            case Fault.None none -> call.run();
            case Fault.Break broken -> throw new IllegalArgumentException(method + " reads nothing: " + broken);
            case Fault.Truncate cut -> throw new IllegalArgumentException(method + " reads nothing: " + cut);
            case Fault.Flip flip -> throw new IllegalArgumentException(method + " reads nothing: " + flip);
        };
    }

    private InputStream open(String name, Call<InputStream> call) throws BackupException {
        return switch (take(Method.OPEN, name)) {
            case Fault.Before(var kind) -> throw failure(kind, Method.OPEN, name);
            case Fault.After(var kind) -> throw failure(kind, Method.OPEN, name);
            case Fault.None none -> call.run();
            case Fault.Break broken -> new Faulty(call.run(), broken);
            case Fault.Truncate cut -> new Faulty(call.run(), cut);
            case Fault.Flip flip -> new Faulty(call.run(), flip);
        };
    }

    private void list(Method method, String folder, Consumer<ObjectInfo> each, Listing listing) throws BackupException {
        var fault = take(method, folder);
        if (fault instanceof Fault.Before(var kind)) {
            throw failure(kind, method, folder);
        }
        if (fault instanceof Fault.After(var kind)) {
            var infos = new ArrayList<ObjectInfo>();
            listing.list(infos::add);
            infos.subList(0, (infos.size() + 1) / 2).forEach(each);
            throw failure(kind, method, folder);
        }
        listing.list(each);
    }

    private static BackupException failure(Kind kind, Method method, String name) {
        return new BackupException(kind, "scripted fault of " + method + " " + name);
    }

    private static final class Faulty extends FilterInputStream {
        private final Fault fault;
        private long position;

        Faulty(InputStream in, Fault fault) {
            super(in);
            this.fault = fault;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            var atMost = (int) Math.min(len, room());
            if (atMost <= 0 && fault instanceof Fault.Break) {
                throw new IOException("scripted break after " + position + " bytes");
            }
            if (atMost <= 0 && fault instanceof Fault.Truncate) {
                return -1;
            }
            var n = in.read(b, off, atMost);
            if (fault instanceof Fault.Flip(var at) && n > 0 && at >= position && at < position + n) {
                b[off + (int) (at - position)] ^= 1;
            }
            position += Math.max(0, n);
            return n;
        }

        private long room() {
            return switch (fault) {
                case Fault.Break(var after) -> after - position;
                case Fault.Truncate(var after) -> after - position;
                default -> Long.MAX_VALUE;
            };
        }
    }
}
