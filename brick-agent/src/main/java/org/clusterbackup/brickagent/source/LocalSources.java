package org.clusterbackup.brickagent.source;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.clusterbackup.brickagent.gluster.GlusterState;
import org.clusterbackup.brickagent.gluster.GlusterStateReader;
import org.clusterbackup.brickagent.gluster.PendingHeals;
import org.clusterbackup.brickagent.xfs.BrickLocator;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.repository.BackupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what this node can back up. Bricks of a volume whose files cannot be read now stay known as they were last, so that a
 * file that is being rewritten hides nothing. Thread-safe.
 */
public final class LocalSources {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSources.class);

    private final String node;
    private final GlusterStateReader reader;
    private final BrickLocator locator;
    private Discovery last = new Discovery(List.of(), Map.of(), Optional.empty());

    /** @param glusterd glusterd's working directory as this process sees it */
    public LocalSources(String node, Path glusterd, BrickLocator locator) {
        this.node = node;
        this.reader = new GlusterStateReader(glusterd);
        this.locator = locator;
    }

    /**
     * What was found.
     *
     * @param broken what of glusterd's state could not be read, and why, by name
     * @param state empty if none of it could be read
     */
    public record Discovery(List<LocalSource> sources, Map<String, String> broken, Optional<GlusterState> state) {
        public Discovery {
            sources = List.copyOf(sources);
            broken = Map.copyOf(broken);
        }

        /** Whether the state tells surely that what is not in it does not exist. */
        public boolean isCertain() {
            return broken.isEmpty() && state.flatMap(GlusterState::server).isPresent();
        }

        boolean isBroken(BrickSource source) {
            return broken.containsKey("volume " + source.volume().name()) || state.isEmpty();
        }
    }

    public synchronized Discovery discover() {
        var sources = new ArrayList<LocalSource>();
        sources.add(HostSource.of(node));
        Discovery now;
        try {
            var state = reader.read();
            for (var volume : state.volumes()) {
                volume.bricks().stream()
                        .filter(state::isOwn)
                        .forEach(brick -> sources.add(BrickSource.of(node, volume, brick)));
            }
            var broken = state.broken().entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, entry -> text(entry.getValue())));
            now = new Discovery(sources, broken, Optional.of(state));
        } catch (BackupException e) {
            now = new Discovery(sources, Map.of("glusterd", text(e)), Optional.empty());
        }
        warn(now);
        last = withKnown(now);
        return last;
    }

    private void warn(Discovery now) {
        now.broken().forEach((name, reason) -> {
            if (!reason.equals(last.broken().get(name))) {
                LOG.warn("gluster state cannot be read name={} reason={}", name, reason);
            }
        });
    }

    private Discovery withKnown(Discovery now) {
        var sources = new ArrayList<>(now.sources());
        var names = new HashSet<>(sources.stream().map(LocalSource::name).toList());
        for (var known : last.sources()) {
            if (known instanceof BrickSource brick && now.isBroken(brick) && names.add(brick.name())) {
                sources.add(brick);
            }
        }
        return new Discovery(sources, now.broken(), now.state());
    }

    /** What the others are told of {@code source}, with why a backup of it would fail now. */
    public SourceAnnounced announce(LocalSource source, Discovery discovery, Instant now) {
        var time = now.truncatedTo(ChronoUnit.MILLIS);
        return switch (source) {
            case HostSource host ->
                new SourceAnnounced(
                        host.name().value(),
                        "host-state",
                        Optional.of(node),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        discovery.broken().isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                        String.join("; ", discovery.broken().values())),
                        time);
            case BrickSource brick -> announce(brick, time);
        };
    }

    private SourceAnnounced announce(BrickSource source, Instant now) {
        Optional<Long> capacity = Optional.empty();
        Optional<Long> used = Optional.empty();
        Optional<Long> heals = Optional.empty();
        Optional<String> problem = Optional.empty();
        try {
            var found = locator.locate(source.brick().path(), source.volume().id());
            capacity = Optional.of(found.usage().sizeBytes());
            used = Optional.of(found.usage().usedBytes());
            heals = Optional.of(PendingHeals.count(found.brick()));
        } catch (BackupException e) {
            problem = Optional.of(text(e));
        }
        return new SourceAnnounced(
                source.name().value(),
                "brick",
                Optional.of(node),
                Optional.of(source.volume().name()),
                Optional.of((long) source.brick().index()),
                source.replicaSet(),
                capacity,
                used,
                heals,
                problem,
                now);
    }

    private static String text(BackupException e) {
        return e.getMessage() + e.hint().map(hint -> " (" + hint + ")").orElse("");
    }
}
