package org.clusterbackup.k8sdumper;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.clusterbackup.agent.testing.AgentLab;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.Topics;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.kubernetes.testing.KubeApi;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The packaged agent against a real broker, a real API server and a staging repository in a directory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DumperIT {
    private static final String SOURCE = "kubernetes/main";

    private static final int LARGE = 40;

    private final Path folder;
    private final KubeApi kube;
    private final AgentLab lab;

    DumperIT(@TempDir Path folder) throws Exception {
        this.folder = folder;
        kube = KubeApi.start(folder.resolve("kube"));
        try (var client = kube.client()) {
            for (var i = 0; i < LARGE; i++) {
                var value = String.valueOf((char) ('a' + i % 26)).repeat(1_000_000);
                kube.apply(
                        client,
                        "/api/v1/namespaces/default/configmaps/large" + i,
                        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"large" + i
                                + "\"},\"data\":{\"v\":\"" + value + "\"}}");
            }
        }
        lab = new AgentLab(
                folder,
                "k8s-dumper",
                List.of(
                        "-Dclusterbackup.kubernetes.name=main",
                        "-Dclusterbackup.kubernetes.retry-for=PT1S",
                        "-Dclusterbackup.kubernetes.kubeconfig=" + kube.kubeconfigOf("limited"),
                        "-Xmx208m"));
    }

    private void apply(String path, String json) throws BackupException {
        try (var client = kube.client()) {
            kube.apply(client, path, json);
        }
    }

    /** What {@code docs/configuration.md} asks for. */
    private void grantEverything() throws BackupException {
        apply("/apis/rbac.authorization.k8s.io/v1/clusterroles/dumper", """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"dumper"},
                 "rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["get","list"]},{"nonResourceURLs":["*"],"verbs":["get"]}]}
                """);
        apply("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/dumper", """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"dumper"},
                 "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"dumper"},
                 "subjects":[{"kind":"User","name":"limited","apiGroup":"rbac.authorization.k8s.io"}]}
                """);
    }

    @BeforeAll
    void comeUp() {
        lab.agent().awaitReady();
    }

    @AfterAll
    void goDown() throws Exception {
        lab.close();
        kube.close();
    }

    @Test
    void saysWhichRightsItLacksAndBacksUpWhenItHasThem() throws Exception {
        lab.awaitEvent(SourceAnnounced.class, source -> source.problem().isPresent());
        lab.request("without-rights");
        lab.awaitEvent(
                BackupFailed.class,
                failed -> failed.run().filter("without-rights"::equals).isPresent());
        assertThat(lab.committed(SOURCE)).isEmpty();

        grantEverything();
        lab.awaitEvent(SourceAnnounced.class, source -> source.problem().isEmpty());
        lab.request("with-rights");
        var ready = lab.awaitReady("with-rights");

        var file = folder.resolve("objects.tar");
        try (var opened = lab.open(ready);
                var out = Files.newOutputStream(file)) {
            opened.copyTo(out, count -> {});
            var details = opened.manifest().details();
            assertThat(opened.manifest().origin().warnings()).isEmpty();
            assertThat(details.path("serverVersion").asText()).startsWith("v1.");
            assertThat(details.path("firstRevision").asLong()).isPositive();
            try (var archive = ObjectArchive.open(file)) {
                assertThat(details.path("objects").asInt())
                        .isEqualTo(archive.objects().size())
                        .isGreaterThan(LARGE);
            }
        }
        assertThat(lab.agent().peakMemory()).isLessThan(384);
    }

    @Test
    void itsLogIsAnObjectALineWithTheFieldsAsMembers() throws Exception {
        var forged = "{\"run\":\"x\\n{\\\"fields\\\":{\\\"run\\\":\\\"forged\\\"}} run=forged\"}";

        lab.send(Topics.BACKUP_REQUESTED.name(), forged);
        lab.request("logged", "kubernetes/other");

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> lab.agent().logFields("run"), runs -> runs.contains("logged"));
        assertThat(lab.agent().logFields("run")).doesNotContain("forged");
        assertThat(lab.agent().log().lines()).noneMatch(line -> line.startsWith("{\"fields"));
    }
}
