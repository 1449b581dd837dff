package org.clusterbackup.scheduler.staging;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.scheduler.run.RecoveryPoint;

/**
 * Which targets have which artifacts. A target has one that a signed recovery point there names with the same digest.
 * No recovery point ever names an artifact that a newer one of its source overtook, and after Kafka was rebuilt only a
 * target's last one is known: so a target also has what its shipper announced with the same digest, if a signed
 * recovery point there names a newer artifact of the source. A forged announcement then costs nothing that a restore
 * of the newest state needs.
 */
public final class Copies {
    /** By target and {@code <source>/<artifact>}: the manifest's digest. */
    private final Map<String, Map<String, String>> named = new HashMap<>();
    /** By target and source: the newest artifact that a recovery point names. */
    private final Map<String, Map<String, String>> newest = new HashMap<>();

    private final Map<String, Map<String, String>> announced;

    /**
     * @param points of each target, their signatures verified
     * @param announced of each target, by {@code <source>/<artifact>}: the digest of the manifest that its shipper
     *     said is there
     */
    public Copies(Map<String, List<RecoveryPoint>> points, Map<String, Map<String, String>> announced) {
        this.announced = Map.copyOf(announced);
        points.forEach((target, list) ->
                list.stream().flatMap(point -> point.sources().stream()).forEach(proved -> name(target, proved)));
    }

    private void name(String target, RecoveryPoint.Proved proved) {
        named.computeIfAbsent(target, _ -> new HashMap<>())
                .put(
                        proved.source() + "/" + proved.artifact(),
                        proved.manifest().hex());
        newest.computeIfAbsent(target, _ -> new HashMap<>())
                .merge(proved.source(), proved.artifact(), (a, b) -> a.compareTo(b) > 0 ? a : b);
    }

    /** Whether a signed recovery point there names it: that is what its last packs leave staging by. */
    boolean prove(String target, Manifests.Verified artifact) {
        return artifact.sha256()
                .hex()
                .equals(named.getOrDefault(target, Map.of())
                        .get(artifact.manifest().ref().toString()));
    }

    boolean has(String target, Manifests.Verified artifact) {
        if (prove(target, artifact)) {
            return true;
        }
        var ref = artifact.manifest().ref();
        var digest = artifact.sha256().hex();
        var last =
                newest.getOrDefault(target, Map.of()).getOrDefault(ref.source().value(), "");
        return last.compareTo(ref.artifact().value()) > 0
                && digest.equals(announced.getOrDefault(target, Map.of()).get(ref.toString()));
    }
}
