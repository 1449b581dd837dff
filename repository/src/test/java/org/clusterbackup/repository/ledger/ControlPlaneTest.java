package org.clusterbackup.repository.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.ledger.RecoveryPoint.Note;
import org.junit.jupiter.api.Test;

class ControlPlaneTest {
    private static final String UID = "5a9ed6ab-ad45-4c7f-a25f-4e4b05213316";
    private static final String OTHER = "00000000-ad45-4c7f-a25f-4e4b05213316";

    private final List<Manifest> artifacts = new ArrayList<>();

    private void artifact(String source, ArtifactKind kind, ObjectNode details) {
        artifacts.add(new Manifest(
                "0".repeat(32),
                new ArtifactRef(new SourceName(source), new ArtifactId("20261122T010203004Z-0a0b0c0d")),
                Optional.of("r"),
                new Origin(kind, Optional.empty(), new Tool("test", "1"), List.of(), details),
                "test",
                Instant.EPOCH,
                Instant.EPOCH,
                0,
                0,
                0,
                Optional.empty(),
                1 << 16,
                Encryption.NONE,
                Sha256.of(new byte[0]),
                Sha256.of(new byte[0]),
                Optional.empty()));
    }

    private void kubernetes(String name, String uid) {
        artifact(
                "kubernetes/" + name,
                ArtifactKind.KUBERNETES,
                JsonLayout.object()
                        .put("clusterUid", uid)
                        .put("firstRevision", 90)
                        .put("lastRevision", 100));
    }

    /** @param uid empty if it cannot be seen */
    private void etcd(String name, long revision, String uid, String... encryption) {
        var details = JsonLayout.object().put("revision", revision);
        var held = details.putObject("kubernetes");
        if (!uid.isEmpty()) {
            held.put("clusterUid", uid);
        }
        var providers = held.putArray("encryption");
        List.of(encryption).forEach(providers::add);
        artifact("etcd/" + name, ArtifactKind.ETCD, details);
    }

    private void host(String name, String... configs) {
        var details = JsonLayout.object();
        var paths = details.putArray("encryptionConfigs");
        List.of(configs).forEach(paths::add);
        artifact("host/" + name, ArtifactKind.HOST_STATE, details);
    }

    private Note note() {
        var notes = new ControlPlane(artifacts).notes();
        assertThat(notes).hasSize(1);
        return notes.getFirst();
    }

    @Test
    void storeIsKnownByTheUidOfItsCluster() {
        kubernetes("main", UID);
        etcd("a", 100, UID);
        etcd("b", 100, OTHER);

        assertThat(note())
                .returns(false, Note::degrades)
                .extracting(Note::text)
                .asString()
                .startsWith("etcd/a is the store of kubernetes/main")
                .endsWith("so that it holds all that they say");
    }

    @Test
    void storeThatWasReadBeforeTheObjectsIsNotSaidToHoldThem() {
        kubernetes("main", UID);
        etcd("main", 99, UID);

        assertThat(note())
                .returns(false, Note::degrades)
                .extracting(Note::text)
                .asString()
                .contains("at revision 99 or after it")
                .endsWith("up to revision 100");
    }

    @Test
    void storeOfTheSameNameThatHoldsAnotherClusterDegrades() {
        kubernetes("main", UID);
        etcd("main", 100, OTHER);

        assertThat(note())
                .returns(true, Note::degrades)
                .extracting(Note::text)
                .asString()
                .contains(UID, OTHER);
    }

    @Test
    void storeOfTheSameNameWithoutKubernetesDegrades() {
        kubernetes("main", UID);
        artifact("etcd/main", ArtifactKind.ETCD, JsonLayout.object().put("revision", 100));

        assertThat(note())
                .returns(true, Note::degrades)
                .extracting(Note::text)
                .asString()
                .contains("no objects of Kubernetes");
    }

    @Test
    void storeOfAnotherNameAndAnotherClusterIsNothingToSay() {
        kubernetes("main", UID);
        etcd("elsewhere", 100, OTHER);
        artifact("etcd/application", ArtifactKind.ETCD, JsonLayout.object().put("revision", 100));

        assertThat(new ControlPlane(artifacts).notes()).isEmpty();
    }

    @Test
    void storeWhoseClusterIsEncryptedCannotBeTold() {
        kubernetes("main", UID);
        etcd("main", 100, "");

        assertThat(note())
                .returns(false, Note::degrades)
                .extracting(Note::text)
                .asString()
                .contains("cannot be seen");
    }

    @Test
    void encryptedValuesWithoutTheConfigurationThatOpensThemDegrade() {
        etcd("main", 100, UID, "aescbc");
        host("worker");

        assertThat(note())
                .returns(true, Note::degrades)
                .extracting(Note::text)
                .asString()
                .contains("etcd/main", "(aescbc)", "no host state has the configuration");
    }

    @Test
    void encryptedValuesWithTheConfigurationAreNoProblem() {
        etcd("main", 100, UID, "aescbc");
        host("control-plane", "/etc/kubernetes/enc.yaml");
        host("worker");

        assertThat(note())
                .returns(false, Note::degrades)
                .extracting(Note::text)
                .asString()
                .contains("host/control-plane", "/etc/kubernetes/enc.yaml");
    }

    @Test
    void valuesOfAKeyServiceAreSaidToNeedIt() {
        etcd("main", 100, UID, "kms");
        host("control-plane", "/etc/kubernetes/enc.yaml");

        assertThat(note().text()).endsWith("they also need the key service, which is in no backup");
    }

    @Test
    void detailsOfAnotherShapeSayNothing() {
        artifact(
                "etcd/main",
                ArtifactKind.ETCD,
                JsonLayout.object().put("revision", "many").put("kubernetes", 7));
        artifact("kubernetes/other", ArtifactKind.KUBERNETES, JsonLayout.object());
        artifact("host/a", ArtifactKind.HOST_STATE, JsonLayout.object().put("encryptionConfigs", true));

        assertThat(new ControlPlane(artifacts).notes()).isEmpty();
    }
}
