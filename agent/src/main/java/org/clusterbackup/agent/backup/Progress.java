package org.clusterbackup.agent.backup;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.events.StoredPack;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.WriteListener;
import org.jspecify.annotations.Nullable;

/** How far one attempt is, and the way to end it. Thread-safe. */
public final class Progress implements WriteListener {
    /** Stage of the events about reading a source. */
    public static final String DUMP = "dump";

    private final LocalSource source;
    private final String run;
    private final Clock clock;
    private final AtomicLong bytes = new AtomicLong();
    private final Queue<StoredPack> packs = new ConcurrentLinkedQueue<>();
    private @Nullable ProvedStream stream;
    private @Nullable String artifact;
    private long expected;
    private @Nullable String ended;

    public Progress(LocalSource source, String run, Clock clock) {
        this.source = source;
        this.run = run;
        this.clock = clock;
    }

    synchronized void begins(String id, ProvedStream from, long expectedBytes) {
        artifact = id;
        stream = from;
        expected = expectedBytes;
        if (ended != null) {
            from.cancel();
        }
    }

    /**
     * Ends the attempt soon. Once its stream was read and proved, it is committed all the same.
     *
     * @param why the kind that its failure gets
     */
    public synchronized void cancel(String why) {
        if (ended == null) {
            ended = why;
            if (stream != null) {
                stream.cancel();
            }
        }
    }

    /** Why it was cancelled. */
    public synchronized Optional<String> cancelled() {
        return Optional.ofNullable(ended);
    }

    @Override
    public void read(long count) {
        bytes.addAndGet(count);
    }

    @Override
    public void stored(Sha256 pack, long storedBytes) {
        packs.add(new StoredPack(pack.hex(), storedBytes));
    }

    /** Bytes read so far. */
    public long bytes() {
        return bytes.get();
    }

    /** What there is to say now, with the packs since the last call. */
    public synchronized BackupProgress report() {
        var stored = new ArrayList<StoredPack>();
        for (var pack = packs.poll(); pack != null; pack = packs.poll()) {
            stored.add(pack);
        }
        var estimate = stream == null ? expected : stream.estimate().orElse(expected);
        return new BackupProgress(
                source.name().value(),
                Optional.of(run),
                Optional.ofNullable(artifact),
                DUMP,
                Optional.empty(),
                bytes.get(),
                estimate,
                stored,
                now());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
