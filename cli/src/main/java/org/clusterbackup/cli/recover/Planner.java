package org.clusterbackup.cli.recover;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.clusterbackup.cli.recover.VolumeFacts.Member;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.ledger.RecoveryPoint.Standing;

/** Makes the plan for a scenario. Decides from what it is given alone: no clock, no I/O. */
public final class Planner {
    private final Instant made;
    private final Situation situation;
    private final GlusterSteps gluster;
    private final ControlPlaneSteps controlPlane;
    private final List<VolumeFacts> volumes;
    private final List<String> remarks = new ArrayList<>();

    /**
     * @param without volumes that are left out
     * @param made now: a plan that is made again is another one, of which nothing is done
     */
    public Planner(Situation situation, Set<String> without, Instant made) {
        this.made = made;
        this.situation = situation;
        this.gluster = new GlusterSteps(situation);
        this.controlPlane = new ControlPlaneSteps(situation);
        this.volumes = VolumeFacts.of(situation.bricks()).stream()
                .filter(volume -> !without.contains(volume.name()))
                .toList();
        remarks.addAll(situation.point().reasons());
        remarks.addAll(situation.contradictions());
        situation.point().sources().stream()
                .filter(standing -> standing.run().isPresent()
                        && !standing.run().get().equals(situation.point().run()))
                .forEach(standing -> remarks.add(standing.source() + " is older than the rest: of run "
                        + standing.run().get() + ", begun " + standing.started()));
    }

    /** Everything, from nothing. */
    public Plan full() throws BackupException {
        var steps = new ArrayList<Step>();
        steps.add(controlPlane.verify());
        steps.addAll(allServers(volumes, this::state));
        steps.addAll(controlPlane.all());
        return plan(Scenario.FULL, steps);
    }

    /** Everything, from nothing, to servers that have other names or addresses, or other places for their bricks. */
    public Plan migrate(NewServers servers) throws BackupException {
        var renamed = servers.of(volumes);
        var before = NewServers.before(volumes, renamed);
        var steps = new ArrayList<Step>();
        steps.add(controlPlane.verify());
        steps.addAll(controlPlane.scan(servers));
        steps.addAll(allServers(renamed, node -> {
            var was = requireNonNull(before.get(node));
            return situation
                    .hostState(was)
                    .map(manifest -> gluster.renamedState(node, was, manifest, servers))
                    .or(() -> stateless(was));
        }));
        steps.addAll(controlPlane.renamed(servers));
        return plan(Scenario.MIGRATE, steps);
    }

    private List<Step> allServers(List<VolumeFacts> these, Function<String, Optional<Step>> state)
            throws BackupException {
        requireKnownRules(these, these);
        var choices = ReplicaChoice.forEach(these, remarks);
        var nodes = List.copyOf(gluster.nodes(these));
        var steps = new ArrayList<Step>();
        for (var node : nodes) {
            steps.add(gluster.stop(node));
            for (var volume : these) {
                for (var member : volume.members()) {
                    if (member.node().equals(node)) {
                        steps.add(
                                volume.isArbiter(member)
                                        ? gluster.emptyBrick(volume, member)
                                        : gluster.restoreBrick(volume, member, requireNonNull(choices.get(member))));
                    }
                }
            }
            state.apply(node).ifPresent(steps::add);
            if (nodes.size() > 1) {
                steps.add(gluster.allRestored(node));
            }
            steps.add(gluster.start(node));
        }
        if (!nodes.isEmpty()) {
            var first = nodes.getFirst();
            var arbiters = new HashMap<String, List<Step>>();
            for (var volume : these) {
                volume.members().stream()
                        .filter(volume::isArbiter)
                        .forEach(member -> fill(volume, member, first, arbiters));
            }
            steps.addAll(online(these, arbiters, first, nodes.size()));
        }
        return steps;
    }

    /** A file system that two bricks share cannot be formatted for one of them. */
    private void requireKnownRules(List<VolumeFacts> these) throws BackupException {
        requireKnownRules(these, volumes);
    }

    private static void requireKnownRules(List<VolumeFacts> these, List<VolumeFacts> all) throws BackupException {
        for (var volume : these) {
            volume.requireKnownRule();
        }
        var places = new HashMap<String, Member>();
        for (var volume : all) {
            for (var member : volume.members()) {
                var other = places.put(GlusterSteps.variable(member), member);
                if (other != null) {
                    throw new BackupException(
                                    Kind.TARGET_UNFIT, other + " and " + member + " share " + member.mountPoint())
                            .withHint(
                                    "a plan formats a file system for one brick; bring these back by hand, by 'restore"
                                            + " brick', or leave their volumes out with --without");
                }
            }
        }
    }

    /** @param filled by volume: steps that put empty bricks in, which others fill */
    private List<Step> online(List<VolumeFacts> these, Map<String, List<Step>> filled, String node, int servers) {
        var steps = new ArrayList<Step>();
        steps.add(gluster.peers(node, servers));
        for (var volume : these) {
            steps.addAll(filled.getOrDefault(volume.name(), List.of()));
            steps.add(gluster.volume(volume, node));
            if (volume.newest().setSize() > 1) {
                steps.add(gluster.heal(volume, node));
            }
        }
        return steps;
    }

    private Optional<Step> state(String node) {
        return situation
                .hostState(node)
                .flatMap(manifest -> gluster.hostState(node, manifest))
                .or(() -> stateless(node));
    }

    private Optional<Step> stateless(String node) {
        remarks.add("the recovery point has no state of glusterd of " + node
                + ": give the server the UUID that its peers know it by, in glusterd.info, and let it fetch the rest"
                + " from a peer with 'gluster volume sync'");
        return Optional.empty();
    }

    /**
     * One server, while the others work.
     *
     * @param keptDisks its bricks are whole: only what was on the system's disk is gone
     */
    public Plan node(String node, boolean keptDisks) throws BackupException {
        var own = volumes.stream()
                .filter(volume -> volume.members().stream().anyMatch(on(node)))
                .toList();
        if (own.isEmpty() && situation.hostState(node).isEmpty()) {
            throw new BackupException(Kind.NOT_FOUND, "the recovery point has nothing of a node " + node)
                    .withHint("it has " + String.join(", ", gluster.nodes(volumes)));
        }
        requireKnownRules(own);
        var choices = ReplicaChoice.forEach(own, remarks);
        var steps = new ArrayList<Step>();
        steps.add(gluster.stop(node));
        var empty = new HashMap<String, List<Step>>();
        for (var volume : keptDisks ? List.<VolumeFacts>of() : own) {
            for (var member : volume.members().stream().filter(on(node)).toList()) {
                if (hasPartnerElsewhere(volume, member)) {
                    steps.add(gluster.emptyBrick(volume, member).when(gluster.partnerAlive(volume, member)));
                    fill(volume, member, node, empty);
                } else {
                    steps.add(gluster.restoreBrick(volume, member, requireNonNull(choices.get(member))));
                }
            }
        }
        state(node).ifPresent(steps::add);
        steps.add(gluster.start(node));
        steps.addAll(online(own, empty, node, gluster.nodes(volumes).size()));
        return plan(Scenario.NODE, steps);
    }

    /** One brick, whose server works. */
    public Plan brick(String source) throws BackupException {
        for (var volume : volumes) {
            for (var member : volume.members()) {
                if (sourceOf(volume, member).equals(source)) {
                    requireKnownRules(List.of(volume));
                    return plan(Scenario.BRICK, brick(volume, member));
                }
            }
        }
        throw new BackupException(Kind.NOT_FOUND, "the recovery point has no brick " + source)
                .withHint("bricks are "
                        + String.join(
                                ", ",
                                volumes.stream()
                                        .flatMap(volume ->
                                                volume.members().stream().map(member -> sourceOf(volume, member)))
                                        .toList()));
    }

    private List<Step> brick(VolumeFacts volume, Member member) throws BackupException {
        var steps = new ArrayList<Step>();
        if (volume.partners(member).isEmpty()) {
            steps.add(gluster.restoreBrick(volume, member, alone(member)));
        } else {
            var alive = gluster.partnerAlive(volume, member);
            steps.add(gluster.resetStart(volume, member, member.node()).when(alive));
            steps.add(gluster.emptyBrick(volume, member).when(alive));
            steps.add(gluster.resetCommit(volume, member, member.node()));
        }
        steps.addAll(online(
                List.of(volume), Map.of(), member.node(), gluster.nodes(volumes).size()));
        return steps;
    }

    /** Some files of a volume, copied through its mount. */
    public Plan files(String volume, List<String> paths) {
        return plan(Scenario.FILES, List.of(controlPlane.files(volume, paths)));
    }

    public Plan etcd() {
        return plan(Scenario.ETCD, controlPlane.etcd());
    }

    public Plan kubernetes() {
        return plan(Scenario.KUBERNETES, controlPlane.kubernetes(true));
    }

    private void fill(VolumeFacts volume, Member member, String node, Map<String, List<Step>> steps) {
        steps.computeIfAbsent(volume.name(), _ -> new ArrayList<>())
                .addAll(List.of(gluster.resetStart(volume, member, node), gluster.resetCommit(volume, member, node)));
    }

    private static boolean hasPartnerElsewhere(VolumeFacts volume, Member member) {
        return volume.partners(member).stream()
                .anyMatch(other -> !volume.isArbiter(other) && !other.node().equals(member.node()));
    }

    /** A brick whose files nobody else has comes back from its own dump. */
    private static ReplicaChoice alone(Member member) throws BackupException {
        return ReplicaChoice.of(member.toString(), member.own().stream().toList());
    }

    private static Predicate<Member> on(String node) {
        return member -> member.node().equals(node);
    }

    private static String sourceOf(VolumeFacts volume, Member member) {
        return member.own()
                .map(brick -> brick.manifest().ref().source().value())
                .orElse("brick/" + volume.name() + "/" + member.index() + "/" + member.node());
    }

    private Plan plan(Scenario scenario, List<Step> steps) {
        var oldest = situation.point().sources().stream()
                .map(Standing::started)
                .min(Instant::compareTo)
                .orElse(Instant.EPOCH);
        return new Plan(
                scenario, situation.url(), situation.point().run(), oldest, made, remarks, situation.held(), steps);
    }
}
