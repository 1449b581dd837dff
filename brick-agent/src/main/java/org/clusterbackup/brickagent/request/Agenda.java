package org.clusterbackup.brickagent.request;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.clusterbackup.brickagent.cluster.ClusterView;
import org.clusterbackup.brickagent.source.BrickSource;
import org.clusterbackup.brickagent.source.HostSource;
import org.clusterbackup.brickagent.source.LocalSource;
import org.clusterbackup.brickagent.source.LocalSources;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a request into jobs for what this node has, found anew: a brick that was added is in the next run. */
public final class Agenda {
    private static final Logger LOG = LoggerFactory.getLogger(Agenda.class);

    private final String node;
    private final LocalSources sources;
    private final Lane bricks;
    private final Lane hosts;
    private final ClusterView view;
    private final Attempts attempts;
    private final Clock clock;

    /** @param hosts a lane of their own, so that a node's small state never waits behind a brick */
    public Agenda(
            String node,
            LocalSources sources,
            Lane bricks,
            Lane hosts,
            ClusterView view,
            Attempts attempts,
            Clock clock) {
        this.node = node;
        this.sources = sources;
        this.bricks = bricks;
        this.hosts = hosts;
        this.view = view;
        this.attempts = attempts;
        this.clock = clock;
    }

    /**
     * Requests have to come in the order of their records.
     *
     * @return completes when events say what became of every source of this node that was asked for
     */
    public CompletableFuture<Void> accept(BackupRequest request) {
        var discovery = sources.discover();
        var all = new ArrayList<CompletableFuture<Void>>();
        for (var source : discovery.sources()) {
            if (request.wants(source.name().value())) {
                all.add(lane(source).add(source, request));
            }
        }
        for (var lost : unreadable(discovery).entrySet()) {
            if (request.wants(lost.getKey())) {
                all.add(fail(lost.getKey(), request, lost.getValue()));
            }
        }
        LOG.info("request accepted run={} sources={}", request.run(), all.size());
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }

    private Lane lane(LocalSource source) {
        return switch (source) {
            case BrickSource _ -> bricks;
            case HostSource _ -> hosts;
        };
    }

    /** Bricks that this node once announced and that glusterd's broken files hide now. */
    private Map<String, String> unreadable(LocalSources.Discovery discovery) {
        if (discovery.broken().isEmpty()) {
            return Map.of();
        }
        var found = discovery.sources().stream()
                .map(source -> source.name().value())
                .collect(Collectors.toSet());
        var why = String.join("; ", discovery.broken().values());
        return view.announcedBy(node).stream()
                .filter(announced -> !found.contains(announced.source()))
                .filter(announced -> discovery.state().isEmpty()
                        || announced
                                .volume()
                                .filter(volume -> discovery.broken().containsKey("volume " + volume))
                                .isPresent())
                .collect(Collectors.toMap(announced -> announced.source(), announced -> why));
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
                        now()));
                done.complete(null);
            } catch (InterruptedException e) {
                LOG.debug("agent stops source={}", source);
            }
        });
        return done;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Jobs that wait and jobs that run. */
    public int size() {
        return List.of(bricks, hosts).stream().mapToInt(Lane::size).sum();
    }
}
