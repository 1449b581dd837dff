package org.clusterbackup.repository.store.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store for each test of a contract, and what such tests ask of it. */
public abstract class StoreFixture {
    @SuppressWarnings("NullAway.Init") // made before each test
    ObjectStore store;

    /** A fresh, empty store. */
    protected abstract ObjectStore emptyStore() throws Exception;

    /** Stores small objects; an adapter that syncs each may know a shorter way. */
    protected void storeEach(Set<String> names) throws Exception {
        inParallel(names.stream()
                .map(name -> (Call) () -> store.create(name, Body.of("x")))
                .toList());
    }

    protected final ObjectStore store() {
        return store;
    }

    @BeforeEach
    void openStore() throws Exception {
        store = emptyStore();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    /** Every object below {@code folder}. */
    protected final List<String> names(String folder) throws BackupException {
        var names = new ArrayList<String>();
        store.list(folder, info -> names.add(info.name()));
        return names;
    }

    /** Every upload that was not finished. */
    protected final List<String> unfinished() throws BackupException {
        var names = new ArrayList<String>();
        store.listUnfinished(info -> names.add(info.name()));
        return names;
    }

    protected final String text(String name) throws BackupException, IOException {
        try (var in = store.open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The same bytes for the same length. */
    protected static byte[] random(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    protected static void assertKind(Kind kind, Call call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.kind())
                .as(e.getMessage())
                .isEqualTo(kind));
    }

    protected static void inParallel(List<Call> calls) throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            var results = calls.stream()
                    .map(call -> threads.submit(() -> {
                        call.run();
                        return null;
                    }))
                    .toList();
            for (var result : results) {
                result.get();
            }
        }
    }

    /** What a test does, with whatever it throws. */
    @FunctionalInterface
    protected interface Call {
        void run() throws Exception;
    }
}
