package org.clusterbackup.agent.request;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.events.BackupRequest;

/** One source of one request. Only its lane's monitor guards what changes. */
final class Job {
    private final LocalSource source;
    private final BackupRequest request;
    private final Instant since;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private Instant notBefore = Instant.MIN;
    private int attempts;

    Job(LocalSource source, BackupRequest request, Instant since) {
        this.source = source;
        this.request = request;
        this.since = since;
    }

    LocalSource source() {
        return source;
    }

    BackupRequest request() {
        return request;
    }

    String run() {
        return request.run();
    }

    /** When this agent learnt of it. */
    Instant since() {
        return since;
    }

    /** Completes when the job has ended, well or not, and the events say so. */
    CompletableFuture<Void> done() {
        return done;
    }

    int attempts() {
        return attempts;
    }

    void rest(Instant until) {
        attempts++;
        notBefore = until;
    }

    boolean mayRun(Instant now) {
        return !now.isBefore(notBefore);
    }

    /** A request of the same run and source that is delivered again is the same job. */
    boolean isSame(LocalSource other, BackupRequest asked) {
        return source.name().equals(other.name()) && request.run().equals(asked.run());
    }

    @Override
    public String toString() {
        return "run=" + run() + " source=" + source.name();
    }
}
