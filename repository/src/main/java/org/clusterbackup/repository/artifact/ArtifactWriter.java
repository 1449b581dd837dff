package org.clusterbackup.repository.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.chunk.ChunkIds;
import org.clusterbackup.repository.chunk.Chunker;
import org.clusterbackup.repository.chunk.Place;
import org.clusterbackup.repository.store.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns one plain stream into one artifact: the caller's thread reads and cuts, two threads name the chunks, one looks
 * them up in order and gathers the new ones, a few seal and store packs. Memory does not depend on the stream's length.
 * After {@link #commit} the artifact is whole and durable; closed without it, no artifact exists, and packs that were
 * stored already are unreferenced. For one thread.
 */
public final class ArtifactWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactWriter.class);
    private static final int NAMERS = 2;
    private static final int CONTENTS_LEVEL = 3;

    private final ArtifactWriters writers;
    private final ArtifactRequest request;
    private final ArtifactRef ref;
    private final Instant started;
    private final Spool spool;
    private final Bases bases;
    private final int chunkAverage;
    private final Failure failure = new Failure();
    private final PackTable table = new PackTable();
    private final PackWriter packs;
    private final Deduplicator deduplicator;
    private final StreamCutter cutter;
    private final ExecutorService threads;
    private final BlockingQueue<ChunkIds> namers = new LinkedBlockingQueue<>();
    private State state = State.NEW;

    private enum State {
        NEW,
        WRITING,
        PROVED,
        ENDED
    }

    ArtifactWriter(
            ArtifactWriters writers,
            ArtifactRequest request,
            ArtifactRef ref,
            Instant started,
            Spool spool,
            Bases bases,
            WriteListener listener)
            throws BackupException {
        this.writers = writers;
        this.request = request;
        this.ref = ref;
        this.started = started;
        this.spool = spool;
        this.bases = bases;
        var options = writers.options();
        chunkAverage = bases.chunkAverage()
                .orElseGet(() -> Chunker.averageFor(options.chunkAverage(), request.estimatedBytes()));
        var chunker = new Chunker(writers.chunking(), chunkAverage);
        packs = new PackWriter(
                writers.store(),
                writers.envelope(),
                writers.chunking(),
                options,
                Math.max(options.packBytes(), chunker.maximum()),
                table,
                failure,
                listener);
        deduplicator = new Deduplicator(spool, bases, table, packs);
        cutter = new StreamCutter(chunker, failure, listener);
        for (var i = 0; i < NAMERS; i++) {
            namers.add(writers.chunking().ids());
        }
        threads = Executors.newFixedThreadPool(
                NAMERS + 1, Thread.ofPlatform().daemon().name("dedup-", 0).factory());
    }

    /** What is being made. */
    public ArtifactRef ref() {
        return ref;
    }

    /**
     * Reads {@code source} to its end and asks it whether that was the end. The caller closes the source.
     *
     * @throws BackupException {@code SOURCE_INCOMPLETE} if it cannot be read or does not prove its end, {@code NO_SPACE}
     *     if store or spool is full, or what the store throws; then there is nothing to commit
     */
    public void write(PlainSource source) throws BackupException {
        require(State.NEW);
        state = State.WRITING;
        try {
            var ordered = new LinkedBlockingQueue<Optional<Block>>();
            var deduplicated = CompletableFuture.runAsync(() -> deduplicate(ordered), threads);
            try {
                cutter.cut(source.stream(), block -> {
                    block.named = CompletableFuture.runAsync(() -> name(block), threads);
                    ordered.add(Optional.of(block));
                });
            } finally {
                ordered.add(Optional.empty());
            }
            deduplicated.join();
            failure.check();
            packs.finish();
        } catch (InterruptedException e) {
            throw Failure.interrupted(e);
        }
        source.requireComplete();
        state = State.PROVED;
    }

    /** The packs that it needs, when {@link #write} returned; all are stored. */
    public PackList packs() {
        require(State.PROVED);
        return table.list();
    }

    private void name(Block block) {
        try {
            var namer = namers.take();
            try {
                block.name(namer);
            } finally {
                namers.add(namer);
            }
        } catch (Throwable e) {
            failure.set(e);
        }
    }

    /** Runs until the stream's end; after a failure it only gives the blocks back, so that the reader goes on. */
    private void deduplicate(BlockingQueue<Optional<Block>> ordered) {
        try {
            for (var next = ordered.take(); next.isPresent(); next = ordered.take()) {
                var block = next.get();
                // Not join(): a writer that is closed early drops what is not named yet, and interrupts this.
                block.named.get();
                if (!failure.isSet()) {
                    deduplicate(block);
                }
                cutter.release(block);
            }
        } catch (InterruptedException e) {
            failure.set(e);
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("naming tells its failures itself", e);
        }
    }

    private void deduplicate(Block block) throws InterruptedException {
        try {
            deduplicator.add(block);
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            failure.set(e);
        }
    }

    /**
     * Publishes the artifact: list of packs, contents, index, signature, and at last the manifest. When this throws,
     * the artifact is not committed, unless the store lost its answer to the very last write.
     *
     * @return the manifest as it is stored
     */
    public Manifest commit(Origin origin) throws BackupException {
        require(State.PROVED);
        state = State.ENDED;
        var list = table.list();
        var lines = table.lines();
        var packsBody = SpooledObject.write(spool, ArtifactRef.PACKS, list::write);
        var contents = contents(lines);
        var index = SpooledObject.write(
                spool, "index-of-lines", out -> deduplicator.index().copyTo(out, place -> translate(place, lines)));
        var manifest = new Manifest(
                writers.repository(),
                ref,
                request.run(),
                origin,
                WriterVersion.current(),
                started,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                deduplicator.bytes(),
                list.bytes(),
                packs.newBytes(),
                bases.previous(ref.source()),
                chunkAverage,
                writers.envelope().encryption(),
                packsBody.sha256(),
                contents.sha256(),
                Optional.of(index.sha256()));
        publish(manifest, packsBody, contents, index);
        bases.release();
        return manifest;
    }

    private void publish(Manifest manifest, Body packsBody, Body contents, Body index) throws BackupException {
        var bytes = manifest.toBytes();
        var signature = writers.signer().sign(bytes);
        // Before anything is visible: a key that readers do not know would make an artifact that nobody restores.
        writers.signers().verify(ref.source().value(), bytes, signature);
        var store = writers.store();
        store.create(ref.object(ArtifactRef.PACKS), packsBody);
        store.create(ref.object(ArtifactRef.CONTENTS), contents);
        writers.indexes().create(ref.object(ArtifactRef.INDEX), index);
        store.create(ref.object(ArtifactRef.SIGNATURE), Body.of(signature));
        store.create(ref.object(ArtifactRef.MANIFEST), Body.of(bytes));
    }

    private Body contents(int[] lines) throws BackupException {
        return SpooledObject.write(spool, ArtifactRef.CONTENTS, sink -> {
            var extents = deduplicator.extents().finish();
            var header = new Contents(
                    writers.repository(),
                    ref,
                    deduplicator.sha256(),
                    deduplicator.bytes(),
                    deduplicator.index().size(),
                    extents);
            try (var out = writers.envelope().output(sink, CONTENTS_LEVEL)) {
                out.write(header.header().getBytes(StandardCharsets.UTF_8));
                deduplicator.extents().forEach(place -> line(out, translate(place, lines)));
                out.finish();
            }
        });
    }

    private static void line(OutputStream out, Place place) throws IOException {
        var line = place.pack() + " " + place.offset() + " " + place.length() + "\n";
        out.write(line.getBytes(StandardCharsets.US_ASCII));
    }

    private static Place translate(Place place, int[] lines) {
        return new Place(lines[place.pack()], place.offset(), place.length());
    }

    private void require(State wanted) {
        if (state != wanted) {
            throw new IllegalArgumentException("writer of " + ref + " is " + state + ", not " + wanted);
        }
    }

    /** Without a commit: nothing was made. Waits for its threads. */
    @Override
    public void close() {
        if (state != State.ENDED) {
            state = State.ENDED;
            failure.set(new BackupException(Kind.FAILED, "writer of " + ref + " was closed"));
            bases.release();
        }
        threads.shutdownNow();
        packs.close();
        try {
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.warn("a writer's threads do not end: artifact={}", ref);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            deduplicator.close();
        } catch (IOException e) {
            LOG.warn("cannot close a working file: reason={}", e.toString());
        }
        bases.close();
        spool.close();
    }
}
