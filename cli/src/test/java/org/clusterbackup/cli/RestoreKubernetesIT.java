package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clusterbackup.kubernetes.dump.ClusterDump;
import org.clusterbackup.kubernetes.dump.DumpOptions;
import org.clusterbackup.kubernetes.testing.KubeApi;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects of a real API server, from an artifact back into it, by the commands that an operator types. */
class RestoreKubernetesIT {
    private static final String LATEST = "kubernetes/main@latest";
    private static final String PATH = "/api/v1/namespaces/default/configmaps/a";

    private static void apply(KubeApi kube, String value) throws Exception {
        try (var client = kube.client()) {
            kube.apply(
                    client,
                    PATH,
                    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\""
                            + value + "\"}}");
        }
    }

    private static void store(World world, KubeApi kube, Path scratch) throws Exception {
        try (var client = kube.client();
                var dump = ClusterDump.start(client, DumpOptions.defaults(scratch))) {
            var bytes = dump.stream().readAllBytes();
            dump.requireComplete();
            world.storeBytes("kubernetes/main", ArtifactKind.KUBERNETES, bytes);
        }
    }

    @Test
    void showsComparesAndRestores(@TempDir Path folder) throws Exception {
        var world = World.make(folder.resolve("world"), "age");
        try (var kube = KubeApi.start(folder.resolve("kube"))) {
            var kubeconfig = kube.kubeconfigOf("admin").toString();
            apply(kube, "one");
            store(world, kube, folder);
            apply(kube, "two");
            store(world, kube, folder);

            var listed = world.run("kubernetes", "show", LATEST, "--include", "configmaps");
            assertThat(listed.text().lines()).contains("default      configmaps  a");
            var shown = world.run("kubernetes", "show", LATEST, "configmaps/a", "--namespace", "default");
            assertThat(shown.text()).contains("\"two\"");
            assertThat(world.run("kubernetes", "show", LATEST, "configmaps/none")
                            .code())
                    .isEqualTo(1);

            var diff = world.run("kubernetes", "diff", "kubernetes/main@oldest", LATEST, "--include", "configmaps");
            assertThat(diff.text()).isEqualTo("changed configmaps/a in default\n  ~ /data/k: \"one\" -> \"two\"\n");

            var dry = world.run(
                    "restore",
                    "kubernetes",
                    "kubernetes/main@oldest",
                    "--kubeconfig",
                    kubeconfig,
                    "--include",
                    "configmaps",
                    "--namespace",
                    "default",
                    "--force-conflicts",
                    "--dry-run");
            assertThat(dry.text())
                    .as(dry.err())
                    .contains("changed configmaps/a in default\n  ~ /data/k: \"two\" -> \"one\"\n")
                    .contains("would be, at https://127.0.0.1");
            assertThat(value(kube)).contains("two");

            var conflict = world.run(
                    "restore",
                    "kubernetes",
                    "kubernetes/main@oldest",
                    "--kubeconfig",
                    kubeconfig,
                    "--include",
                    "configmaps",
                    "--namespace",
                    "default");
            assertThat(conflict.code()).isEqualTo(3);
            assertThat(conflict.err())
                    .contains("conflicting: configmaps/a in default")
                    .contains(".data.k");

            var forced = world.run(
                    "restore",
                    "kubernetes",
                    "kubernetes/main@oldest",
                    "--kubeconfig",
                    kubeconfig,
                    "--include",
                    "configmaps",
                    "--namespace",
                    "default",
                    "--force-conflicts");
            assertThat(forced.code()).as(forced.err()).isZero();
            assertThat(value(kube)).contains("one");

            var mapping = Files.writeString(folder.resolve("names.yaml"), "hosts: {two: three}\n");
            var scan = world.run("migrate", "scan", LATEST, "--mapping", mapping.toString());
            assertThat(scan.text()).containsPattern("configmaps/a in default +/data/k: two +to-look-at");
            var renamed = world.run(
                    "restore",
                    "kubernetes",
                    LATEST,
                    "--kubeconfig",
                    kubeconfig,
                    "--include",
                    "configmaps",
                    "--namespace",
                    "default",
                    "--mapping",
                    mapping.toString());
            assertThat(renamed.code()).isEqualTo(3);
            assertThat(renamed.err()).contains("configmaps/a in default: an old name is left: /data/k: two");
            assertThat(value(kube)).contains("two");
        }
    }

    private static String value(KubeApi kube) throws Exception {
        try (var client = kube.client()) {
            return new String(kube.get(client, PATH).body(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void whatIsNoClusterAndWhatIsNoArchiveAreSaid(@TempDir Path folder) throws Exception {
        var world = World.make(folder.resolve("world"), "none");
        world.store(
                "kubernetes/main",
                ArtifactKind.KUBERNETES,
                new ByteArrayInputStream("no tar".getBytes(StandardCharsets.UTF_8)),
                JsonLayout.object());

        var missing = world.run(
                "restore",
                "kubernetes",
                LATEST,
                "--kubeconfig",
                folder.resolve("none").toString());
        var hostile = world.run("kubernetes", "show", LATEST);

        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("no kubeconfig that can be read");
        assertThat(hostile.code()).isEqualTo(14);
        assertThat(hostile.err()).contains("no archive of Kubernetes objects");
    }
}
