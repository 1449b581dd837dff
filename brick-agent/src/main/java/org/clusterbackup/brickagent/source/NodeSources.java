package org.clusterbackup.brickagent.source;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.agent.source.LocalSources;
import org.clusterbackup.brickagent.xfs.BrickLocator;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.gluster.GlusterState;
import org.clusterbackup.gluster.GlusterStateReader;
import org.clusterbackup.gluster.PendingHeals;
import org.clusterbackup.repository.BackupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what this node can back up. Bricks of a volume whose files cannot be read now stay known as they were last, so that a
 * file that is being rewritten hides nothing. Thread-safe.
 */
public final class NodeSources implements LocalSources {
    private static final Logger LOG = LoggerFactory.getLogger(NodeSources.class);

    private final String node;
    private final GlusterStateReader reader;
    private final BrickLocator locator;
    private final ClusterView view;
    private Discovery last = new Discovery(List.of(), Map.of(), Optional.empty());

    /** @param glusterd glusterd's working directory as this process sees it */
    public NodeSources(String node, Path glusterd, BrickLocator locator, ClusterView view) {
        this.node = node;
        this.reader = new GlusterStateReader(glusterd);
        this.locator = locator;
        this.view = view;
    }

    /**
     * What was found.
     *
     * @param broken what of glusterd's state could not be read, and why, by name
     * @param state empty if none of it could be read
     */
    private record Discovery(List<NodeSource> sources, Map<String, String> broken, Optional<GlusterState> state) {
        private Discovery {
            sources = List.copyOf(sources);
            broken = Map.copyOf(broken);
        }

        /** Whether the state tells surely that what is not in it does not exist. */
        boolean isCertain() {
            return broken.isEmpty() && state.flatMap(GlusterState::server).isPresent();
        }

        boolean isBroken(BrickSource source) {
            return broken.containsKey("volume " + source.volume().name()) || state.isEmpty();
        }

        List<String> names() {
            return sources.stream().map(source -> source.name().value()).toList();
        }
    }

    @Override
    public Found discover() {
        return new Look(look());
    }

    private final class Look implements Found {
        private final Discovery discovery;

        Look(Discovery discovery) {
            this.discovery = discovery;
        }

        @Override
        public List<LocalSource> sources() {
            return List.copyOf(discovery.sources());
        }

        @Override
        public SourceAnnounced announce(LocalSource source, Instant now) {
            return NodeSources.this.announce((NodeSource) source, discovery, now);
        }

        /** Bricks that this node once announced and that glusterd's broken files hide now. */
        @Override
        public Map<String, String> unreadable() {
            if (discovery.broken().isEmpty()) {
                return Map.of();
            }
            var found = Set.copyOf(discovery.names());
            var why = String.join("; ", discovery.broken().values());
            return view.announcedBy(node).stream()
                    .filter(announced -> !found.contains(announced.source()))
                    .filter(announced -> discovery.state().isEmpty()
                            || announced
                                    .volume()
                                    .filter(volume -> discovery.broken().containsKey("volume " + volume))
                                    .isPresent())
                    .collect(Collectors.toMap(SourceAnnounced::source, announced -> why));
        }

        /**
         * Own bricks that this process saw before, and those of peers whose volume is there without them. A volume that is
         * not there at all proves nothing about peers: this server may have left the pool.
         */
        @Override
        public List<String> gone(Collection<String> said) {
            if (!discovery.isCertain()) {
                return List.of();
            }
            var gone = new ArrayList<>(said);
            gone.removeAll(discovery.names());
            for (var other : view.announced()) {
                var volume = other.volume().flatMap(name -> discovery.state().flatMap(state -> state.volume(name)));
                var foreign = other.node().filter(node::equals).isEmpty();
                if (volume.isPresent()
                        && foreign
                        && other.brickIndex().orElse(0L)
                                >= volume.get().bricks().size()) {
                    gone.add(other.source());
                }
            }
            return gone;
        }
    }

    private synchronized Discovery look() {
        var sources = new ArrayList<NodeSource>();
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
        var names = new HashSet<>(sources.stream().map(NodeSource::name).toList());
        for (var known : last.sources()) {
            if (known instanceof BrickSource brick && now.isBroken(brick) && names.add(brick.name())) {
                sources.add(brick);
            }
        }
        return new Discovery(sources, now.broken(), now.state());
    }

    private SourceAnnounced announce(NodeSource source, Discovery discovery, Instant now) {
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
