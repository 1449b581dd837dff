package org.clusterbackup.agent.request;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.agent.source.LocalSources;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a request into jobs for what this agent has, found anew: a brick that was added is in the next run. */
public final class Agenda {
    private static final Logger LOG = LoggerFactory.getLogger(Agenda.class);

    private final LocalSources sources;
    private final List<Entrance> entrances;
    private final Attempts attempts;
    private final Clock clock;

    /** A lane and which sources go there. */
    public record Entrance(Predicate<LocalSource> takes, Lane lane) {}

    /** @param entrances the first that takes a source has it; one of them does */
    public Agenda(LocalSources sources, List<Entrance> entrances, Attempts attempts, Clock clock) {
        this.sources = sources;
        this.entrances = List.copyOf(entrances);
        this.attempts = attempts;
        this.clock = clock;
    }

    /**
     * Requests have to come in the order of their records.
     *
     * @return completes when events say what became of every source of this agent that was asked for
     */
    public CompletableFuture<Void> accept(BackupRequest request) {
        var found = sources.discover();
        var all = new ArrayList<CompletableFuture<Void>>();
        for (var source : found.sources()) {
            if (request.wants(source.name().value())) {
                all.add(lane(source).add(source, request));
            }
        }
        for (var lost : found.unreadable().entrySet()) {
            if (request.wants(lost.getKey())) {
                all.add(fail(lost.getKey(), request, lost.getValue()));
            }
        }
        LOG.info("request accepted run={} sources={}", request.run(), all.size());
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }

    private Lane lane(LocalSource source) {
        return entrances.stream()
                .filter(entrance -> entrance.takes().test(source))
                .findFirst()
                .orElseThrow()
                .lane();
    }

    private CompletableFuture<Void> fail(String source, BackupRequest request, String why) {
        var done = new CompletableFuture<Void>();
        Thread.ofVirtual().name("unreadable-" + source).start(() -> {
            try {
                attempts.say(new BackupFailed(
                        source,
                        Optional.of(request.run()),
                        "request",
                        Optional.empty(),
                        "source-incomplete",
                        why,
                        true,
                        clock.instant().truncatedTo(ChronoUnit.MILLIS)));
                done.complete(null);
            } catch (InterruptedException e) {
                LOG.debug("agent stops source={}", source);
            }
        });
        return done;
    }

    /** Jobs that wait and jobs that run. */
    public int size() {
        return entrances.stream().mapToInt(entrance -> entrance.lane().size()).sum();
    }
}
