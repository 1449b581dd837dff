package org.clusterbackup.cli.recover;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.Manifest;

/** Steps that bring back what is no brick: etcd, Kubernetes, the provisioner's files, single files. */
final class ControlPlaneSteps {
    /** More than a cluster writes between a backup and a disaster: no watch then takes what is old for new. */
    private static final String BUMP = "1000000000";

    private static final String KUBECONFIG = " --kubeconfig \"${KUBECONFIG:?set it}\" || [ $? -eq 3 ]";

    private final Situation situation;

    ControlPlaneSteps(Situation situation) {
        this.situation = situation;
    }

    Step verify() {
        return Step.of(
                "verify",
                Step.OPERATOR,
                "prove the target",
                "signatures, the ledger and the presence of every pack, before anything is touched",
                situation.command("verify"));
    }

    /** etcd first: where Kubernetes keeps its objects in it, they come back with it. */
    List<Step> all() {
        return all(kubernetes(false));
    }

    /** As {@link #all}; objects of Kubernetes get the new names, also those that came back with etcd. */
    List<Step> renamed(NewServers servers) {
        return all(situation
                .of(ArtifactKind.KUBERNETES)
                .map(objects -> renamed(objects, servers))
                .toList());
    }

    private List<Step> all(List<Step> kubernetes) {
        var steps = new ArrayList<Step>();
        steps.addAll(etcd());
        steps.addAll(kubernetes);
        situation.of(ArtifactKind.TREE).map(this::tree).forEach(steps::add);
        situation.of(ArtifactKind.STREAM).map(this::stream).forEach(steps::add);
        steps.add(Step.of(
                "backups",
                Step.OPERATOR,
                "set up the backups again",
                "until then nothing new is protected: broker, staging and services come from their deployment, and the"
                        + " targets are as they were"));
        return steps;
    }

    List<Step> etcd() {
        return situation
                .of(ArtifactKind.ETCD)
                .flatMap(etcd -> etcd(etcd).stream())
                .toList();
    }

    private List<Step> etcd(Manifest etcd) {
        var name = plain(etcd);
        var to = "restored/" + name;
        var words = new ArrayList<>(List.of("restore", "etcd", Situation.name(etcd.ref()), "--to", to));
        situation.members().forEach(member -> words.addAll(List.of("--member", member)));
        if (holdsKubernetes(etcd)) {
            words.addAll(List.of("--bump-revision", BUMP));
        }
        return List.of(
                Step.of(
                                name,
                                Step.OPERATOR,
                                "make the data directories of " + etcd.ref().source(),
                                situation.members().isEmpty()
                                        ? "one member here; give the plan --etcd-member NAME=PEER_URL[,CLIENT_URL] for each of several"
                                        : "all members come from one snapshot",
                                aside(to),
                                situation.command(words.toArray(String[]::new)))
                        .checked(dataOf(to))
                        .fetching(etcd.storedBytes()),
                Step.of(
                        name + "-start",
                        Step.OPERATOR,
                        "start the members of " + etcd.ref().source(),
                        "copy each directory below " + to
                                + " to its member's machine and start it as the step before said"
                                + (holdsKubernetes(etcd)
                                        ? ", then the API server, and restart whoever watches it"
                                        : "")));
    }

    /** @param alone whether they come back without their etcd */
    List<Step> kubernetes(boolean alone) {
        return situation
                .of(ArtifactKind.KUBERNETES)
                .map(objects -> kubernetes(objects, alone || storeOf(objects).isEmpty()))
                .toList();
    }

    private Step kubernetes(Manifest objects, boolean apply) {
        var words = new ArrayList<>(List.of("restore", "kubernetes", Situation.name(objects.ref())));
        if (!apply) {
            words.add("--dry-run");
        }
        return Step.of(
                        plain(objects),
                        Step.OPERATOR,
                        apply ? "bring the objects of Kubernetes back" : "compare the objects of Kubernetes",
                        apply
                                ? "in an order that works; nothing is deleted, and it may be run again"
                                : "they came back with etcd: this shows what differs, and changes nothing",
                        situation.command(words.toArray(String[]::new)) + KUBECONFIG)
                .fetching(objects.storedBytes());
    }

    private Step renamed(Manifest objects, NewServers servers) {
        var words = new ArrayList<>(List.of("restore", "kubernetes", Situation.name(objects.ref())));
        words.addAll(List.of("--mapping", servers.path()));
        if (storeOf(objects).isPresent()) {
            words.add("--force-conflicts");
        }
        return Step.of(
                        plain(objects),
                        Step.OPERATOR,
                        "bring the objects of Kubernetes back under the new names",
                        "what is rewritten is said, and what only may be an old name",
                        situation.command(words.toArray(String[]::new)) + KUBECONFIG)
                .fetching(objects.storedBytes());
    }

    /** Where old names stand; nothing is changed. */
    List<Step> scan(NewServers servers) {
        return Stream.concat(situation.of(ArtifactKind.KUBERNETES), situation.of(ArtifactKind.ETCD))
                .map(manifest -> Step.of(
                                "scan-" + plain(manifest),
                                Step.OPERATOR,
                                "look for old names in " + manifest.ref().source(),
                                "what is 'to-look-at' no restore changes: somebody has to judge it",
                                situation.tolerant(
                                        "migrate", "scan", Situation.name(manifest.ref()), "--mapping", servers.path()))
                        .fetching(manifest.storedBytes()))
                .toList();
    }

    private Optional<Manifest> storeOf(Manifest objects) {
        var cluster = objects.details().path("clusterUid").asText();
        return situation
                .of(ArtifactKind.ETCD)
                .filter(etcd -> !cluster.isEmpty()
                        && etcd.details()
                                .path("kubernetes")
                                .path("clusterUid")
                                .asText()
                                .equals(cluster))
                .findFirst();
    }

    private static boolean holdsKubernetes(Manifest etcd) {
        return etcd.details().path("kubernetes").isObject();
    }

    private Step tree(Manifest tree) {
        var name = plain(tree);
        var part = Shell.quote("restored/.part-" + name);
        return Step.of(
                        "tree-" + name,
                        Step.OPERATOR,
                        "restore " + tree.ref().source(),
                        "into a new folder: copy from there what the machine needs",
                        "rm -rf " + part,
                        aside("restored/" + name),
                        situation.tolerant(
                                "restore", "tree", Situation.name(tree.ref()), "--to", "restored/.part-" + name),
                        "mv -T " + part + " " + Shell.quote("restored/" + name))
                .checked(Shell.line("test", "-d", "restored/" + name))
                .fetching(tree.storedBytes());
    }

    private Step stream(Manifest stream) {
        var name = plain(stream);
        var part = Shell.quote("restored/.part-" + name);
        return Step.of(
                        "stream-" + name,
                        Step.OPERATOR,
                        "fetch " + stream.ref().source(),
                        "its bytes, as they were stored",
                        aside("restored/" + name),
                        situation.command("cat", Situation.name(stream.ref())) + " >" + part,
                        "mv -T " + part + " " + Shell.quote("restored/" + name))
                .checked(Shell.line("test", "-f", "restored/" + name))
                .fetching(stream.storedBytes());
    }

    /** What a run that was cut off left, or one of another plan, is never taken for what is restored now, nor lost. */
    private static String aside(String place) {
        return "mkdir -p restored\nif [ -e " + Shell.quote(place) + " ]; then mv -t \"$(mktemp -d "
                + Shell.quote(place + ".before-XXXXXX") + ")\" " + Shell.quote(place) + "; fi";
    }

    /** Succeeds when each member has its data. */
    private String dataOf(String folder) {
        var names = situation.members().isEmpty()
                ? List.of("default")
                : situation.members().stream()
                        .map(member -> member.replaceFirst("=.*", ""))
                        .toList();
        return names.stream()
                .map(name -> Shell.line("test", "-d", folder + "/" + name + "/member"))
                .collect(Collectors.joining(" && "));
    }

    Step files(String volume, List<String> paths) {
        var words = new ArrayList<>(
                List.of("files", "restore", volume + "@" + situation.point().run()));
        words.addAll(paths);
        words.addAll(List.of("--to", "/mnt/" + volume));
        return Step.of(
                "files",
                Step.OPERATOR,
                "copy files of " + volume + " back through its mount",
                "never into a brick: Gluster would list them and not open them",
                situation.command(words.toArray(String[]::new)));
    }

    private static String plain(Manifest manifest) {
        return manifest.ref().source().value().replace('/', '-');
    }
}
