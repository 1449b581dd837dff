package org.clusterbackup.repository.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.Manifest;

/**
 * What artifacts of a cluster's control plane say of each other: which etcd holds the objects of which Kubernetes, and
 * whether what opens its encrypted values is there. No clock, no I/O.
 *
 * @param artifacts at most one a source
 */
public record ControlPlane(List<Manifest> artifacts) {
    /** Its values need a key service, whatever the API server's configuration says. */
    private static final String KEY_SERVICE = "kms";

    public ControlPlane {
        artifacts = artifacts.stream()
                .sorted(Comparator.comparing(manifest -> manifest.ref().source()))
                .toList();
    }

    public List<RecoveryPoint.Note> notes() {
        var notes = new ArrayList<RecoveryPoint.Note>();
        all(ArtifactKind.KUBERNETES).forEach(objects -> store(objects).ifPresent(notes::add));
        all(ArtifactKind.ETCD).forEach(etcd -> key(etcd).ifPresent(notes::add));
        return notes;
    }

    private List<Manifest> all(ArtifactKind kind) {
        return artifacts.stream()
                .filter(manifest -> manifest.origin().kind() == kind)
                .toList();
    }

    /** The store of a cluster is known by the cluster's uid, which it holds; one of the same name is said to be it. */
    private Optional<RecoveryPoint.Note> store(Manifest objects) {
        var cluster = objects.details().path("clusterUid").asText();
        var stores = all(ArtifactKind.ETCD);
        var namesakes =
                stores.stream().filter(etcd -> name(etcd).equals(name(objects))).toList();
        var holder = concat(namesakes, stores).stream()
                .filter(etcd -> clusterIn(etcd).equals(Optional.of(cluster)))
                .findFirst();
        return holder.map(etcd -> same(objects, etcd))
                .or(() -> namesakes.stream().findFirst().map(etcd -> other(objects, etcd, cluster)));
    }

    private static <T> List<T> concat(Collection<T> first, Collection<T> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** Resource versions are revisions of the store. */
    private static RecoveryPoint.Note same(Manifest objects, Manifest etcd) {
        var revision = etcd.details().path("revision").asLong();
        var last = objects.details().path("lastRevision").asLong();
        return new RecoveryPoint.Note(
                source(objects),
                false,
                source(etcd) + " is the store of " + source(objects) + ": it is at revision " + revision
                        + " or after it, and the objects were read up to revision " + last
                        + (revision >= last ? ", so that it holds all that they say" : ""));
    }

    private static RecoveryPoint.Note other(Manifest objects, Manifest etcd, String cluster) {
        var holds = etcd.details().path("kubernetes");
        if (holds.isObject() && clusterIn(etcd).isEmpty()) {
            return new RecoveryPoint.Note(
                    source(objects),
                    false,
                    "whether " + source(etcd) + " is the store of " + source(objects)
                            + " cannot be seen: its namespace kube-system is encrypted");
        }
        return new RecoveryPoint.Note(
                source(objects),
                true,
                source(etcd) + " is not the store of " + source(objects) + ": it holds "
                        + clusterIn(etcd)
                                .map(uid -> "the cluster " + uid + " and not " + cluster)
                                .orElse("no objects of Kubernetes")
                        + "; if they are not of one cluster, give them different names");
    }

    private Optional<RecoveryPoint.Note> key(Manifest etcd) {
        var providers = texts(etcd, "/kubernetes/encryption");
        if (providers.isEmpty()) {
            return Optional.empty();
        }
        var sealed =
                source(etcd) + " holds values that the API server encrypted (" + String.join(", ", providers) + ")";
        var service = providers.contains(KEY_SERVICE) ? "; they also need the key service, which is in no backup" : "";
        var keeper = all(ArtifactKind.HOST_STATE).stream()
                .filter(host -> !texts(host, "/encryptionConfigs").isEmpty())
                .findFirst();
        return Optional.of(keeper.map(host -> new RecoveryPoint.Note(
                        source(etcd),
                        false,
                        sealed + ", and " + source(host) + " has the configuration that opens them, "
                                + texts(host, "/encryptionConfigs").getFirst() + service))
                .orElse(new RecoveryPoint.Note(
                        source(etcd),
                        true,
                        sealed + ", and no host state has the configuration that opens them"
                                + " (the file of --encryption-provider-config on a control-plane node)"
                                + service)));
    }

    private static SourceName source(Manifest manifest) {
        return manifest.ref().source();
    }

    /** What stands after the kind in the source's name. */
    private static String name(Manifest manifest) {
        return source(manifest).value().replaceFirst("^[^/]*/", "");
    }

    private static Optional<String> clusterIn(Manifest etcd) {
        return Optional.of(etcd.details().at("/kubernetes/clusterUid").asText()).filter(uid -> !uid.isEmpty());
    }

    private static List<String> texts(Manifest manifest, String member) {
        return StreamSupport.stream(manifest.details().at(member).spliterator(), false)
                .map(text -> text.asText())
                .toList();
    }
}
