package org.clusterbackup.etcdagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.clusterbackup.agent.testing.AgentLab;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.etcd.MemberStatus;
import org.clusterbackup.etcd.testing.EtcdCluster;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.store.testing.TcpProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The packaged agent against a real broker, members of a real etcd and a staging repository in a directory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EtcdAgentContract {
    private static final String SOURCE = "etcd/main";
    private static final int MIB = 1 << 20;

    private final EtcdCluster etcd;
    private final List<TcpProxy> proxies = new ArrayList<>();
    private final AgentLab lab;

    EtcdAgentContract(Path folder, int size) throws Exception {
        etcd = EtcdCluster.start(folder.resolve("etcd"), size);
        etcd.fill("/x/", 20, MIB - 4096);
        // As an API server that encrypts writes them, and neighbours that are none of it. More Secrets than are asked
        // for at once.
        etcd.ctl("put", "/registry/namespaces/kube-system", "k8s:enc:aescbc:v1:key1:x");
        etcd.ctl("put", "/registry/namespaces/kube-system-two", "k8s:enc:aesgcm:v1:key1:x");
        etcd.fill("/registry/secrets/a/", 20, 10);
        etcd.ctl("put", "/registry/secrets/b/last", "k8s:enc:kms:v2:service:x");
        etcd.ctl("put", "/registry/secretsx/a", "k8s:enc:secretbox:v1:key1:x");
        etcd.enableAuth();
        for (var endpoint : etcd.endpoints()) {
            proxies.add(TcpProxy.to(Endpoint.parse(endpoint).port()));
        }
        var access = etcd.access();
        lab = new AgentLab(
                folder,
                "etcd-agent",
                List.of(
                        "-Dclusterbackup.etcd.name=main",
                        "-Dclusterbackup.etcd.endpoints=" + String.join(",", seen()),
                        "-Dclusterbackup.etcd.ca-file=" + access.ca().orElseThrow(),
                        "-Dclusterbackup.etcd.certificate-file="
                                + access.certificate().orElseThrow(),
                        "-Dclusterbackup.etcd.key-file=" + access.key().orElseThrow(),
                        "-Dclusterbackup.etcd.user-file=" + access.user().orElseThrow(),
                        "-Dclusterbackup.etcd.password-file="
                                + access.password().orElseThrow(),
                        "-Xmx208m"));
    }

    @BeforeAll
    void comeUp() {
        lab.agent().awaitReady();
    }

    @AfterAll
    void goDown() throws Exception {
        lab.close();
        for (var proxy : proxies) {
            proxy.close();
        }
        etcd.close();
    }

    /** Client URLs as the agent knows them. */
    private List<String> seen() {
        return proxies.stream()
                .map(proxy -> "https://127.0.0.1:" + proxy.port())
                .toList();
    }

    private Manifest awaitArtifact(String run) throws IOException, BackupException {
        try (var opened = lab.open(lab.awaitReady(run))) {
            return opened.manifest();
        }
    }

    @Test
    void anEmptyRequestMakesASnapshotThatEtcdTakes() throws Exception {
        var survey = etcd.cluster().survey();
        lab.send(Topics.BACKUP_REQUESTED.name(), "{}");
        var ready = lab.awaitEvent(
                ArtifactReady.class,
                any -> any.run().filter(run -> run.startsWith("manual-")).isPresent());

        try (var opened = lab.open(ready);
                var file = Files.newOutputStream(etcd.file("snapshot"))) {
            opened.copyTo(file, count -> {});
            var details = opened.manifest().details();
            assertThat(details.path("clusterId").asText())
                    .isEqualTo(MemberStatus.hex(survey.members().getFirst().cluster()));
            assertThat(details.path("revision").asLong())
                    .isEqualTo(survey.keys().revision());
            assertThat(details.path("keys").asLong()).isEqualTo(44);
            assertThat(details.path("keysRevision").asLong())
                    .isBetween(1L, details.path("revision").asLong());
            assertThat(details.path("kubernetes")).hasToString("{\"encryption\":[\"aescbc\",\"kms\"]}");
            assertThat(details.path("auth").asBoolean()).isTrue();
            assertThat(details.path("usedBytes").asLong()).isGreaterThan(19L * MIB);
            assertThat(opened.manifest().origin().tool().name()).isEqualTo("etcd");
        }
        assertThat(etcd.snapshotStatus("snapshot"))
                .contains("\"Revision\" : " + survey.keys().revision());
        assertThat(lab.all(SourceAnnounced.class, source -> source.source().equals(SOURCE)))
                .first()
                .satisfies(source -> assertThat(source.problem()).isEmpty());
    }

    @Test
    void memberKilledInMidSnapshotIsLeftForAnotherAndNothingHalfIsKept() throws Exception {
        var before = lab.committed(SOURCE).size();
        var killed = new AtomicInteger(-1);
        for (var i = 0; i < proxies.size(); i++) {
            var index = i;
            // Much less than a snapshot, much more than all questions before it.
            proxies.get(i).whenPassed(2L * MIB, () -> {
                if (killed.compareAndSet(-1, index)) {
                    etcd.kill(member(index));
                }
            });
        }
        lab.request("killed");

        var manifest = awaitArtifact("killed");

        assertThat(killed.get()).isNotNegative();
        var dead = seen().get(killed.get());
        assertThat(lab.all(
                        BackupFailed.class,
                        failed -> failed.run().filter("killed"::equals).isPresent()))
                .isNotEmpty()
                .noneMatch(BackupFailed::ended);
        assertThat(manifest.details().path("endpoint").asText()).isNotEqualTo(dead);
        assertThat(manifest.origin().warnings())
                .anySatisfy(warning -> assertThat(warning).contains(dead));
        assertThat(lab.committed(SOURCE)).hasSize(before + 1);
        etcd.restart(List.of(member(killed.get())));
    }

    private Endpoint member(int index) {
        try {
            return Endpoint.parse(etcd.endpoints().get(index));
        } catch (BackupException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void memoryStaysBelow384Mebibytes() throws Exception {
        lab.request("memory");
        awaitArtifact("memory");

        assertThat(lab.agent().peakMemory()).isLessThan(384);
    }
}
