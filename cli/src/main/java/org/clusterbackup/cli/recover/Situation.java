package org.clusterbackup.cli.recover;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.ledger.RecoveryPoint;

/**
 * What a plan is made from.
 *
 * @param access words that every command on the target gets, its URL among them
 * @param manifests of the artifacts that the recovery point names, whole ones only
 * @param devices block devices by {@code NODE:MOUNTPOINT}
 * @param members {@code --member} of the etcd cluster that is to be
 */
public record Situation(
        String url,
        List<String> access,
        RecoveryPoint point,
        List<Manifest> manifests,
        GlusterControl control,
        Map<String, String> devices,
        List<String> members) {
    public Situation {
        access = List.copyOf(access);
        manifests = manifests.stream()
                .sorted(Comparator.comparing(manifest -> manifest.ref().source()))
                .toList();
        devices = Map.copyOf(devices);
        members = List.copyOf(members);
    }

    /** Those that speak of themselves alone. */
    public List<BrickFacts> bricks() {
        return of(ArtifactKind.BRICK)
                .map(BrickFacts::new)
                .filter(brick -> brick.contradiction().isEmpty())
                .toList();
    }

    /** What is wrong with the others. */
    List<String> contradictions() {
        return of(ArtifactKind.BRICK)
                .flatMap(manifest -> new BrickFacts(manifest).contradiction().stream())
                .map(reason -> reason + ": left out")
                .toList();
    }

    Stream<Manifest> of(ArtifactKind kind) {
        return manifests.stream().filter(manifest -> manifest.origin().kind() == kind);
    }

    /** The state of that node, if the recovery point holds it. */
    Optional<Manifest> hostState(String node) {
        return of(ArtifactKind.HOST_STATE)
                .filter(manifest -> manifest.ref().source().equals(SourceName.of("host", node)))
                .findFirst();
    }

    List<Plan.Held> held() {
        return manifests.stream()
                .map(manifest -> new Plan.Held(
                        manifest.ref().source().value(),
                        manifest.ref().artifact().value(),
                        manifest.started(),
                        manifest.streamBytes(),
                        manifest.storedBytes()))
                .toList();
    }

    static String name(ArtifactRef ref) {
        return ref.source() + "@" + ref.artifact();
    }

    /** A command of this program on the target, for a shell. */
    String command(String... words) {
        var all = new ArrayList<>(List.of("clusterbackup"));
        all.addAll(List.of(words));
        all.addAll(access);
        return Shell.line(all);
    }

    /** A command that may end with remarks, which are told and no failure. */
    String tolerant(String... words) {
        return command(words) + " || [ $? -eq 3 ]";
    }
}
