package org.clusterbackup.brickagent.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostPathsTest {
    private final Path host;

    HostPathsTest(@TempDir Path host) {
        this.host = host;
    }

    private void file(String path, String content) throws IOException {
        var file = host.resolve(path.substring(1));
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, content);
    }

    @Test
    void configuredPathThatIsNotThereIsSaidAndLeftOut() throws IOException {
        file("/var/lib/glusterd/glusterd.info", "UUID=");

        var found = HostPaths.find(host, List.of(Path.of("/var/lib/glusterd"), Path.of("/etc/etcd")));

        assertThat(found.present()).containsExactly(Path.of("/var/lib/glusterd"));
        assertThat(found.absent()).containsExactly(Path.of("/etc/etcd"));
    }

    @Test
    void pathBelowAnotherIsNotKeptTwice() throws IOException {
        file("/etc/kubernetes/pki/ca.crt", "");

        var found = HostPaths.find(host, List.of(Path.of("/etc/kubernetes/pki"), Path.of("/etc/kubernetes")));

        assertThat(found.present()).containsExactly(Path.of("/etc/kubernetes"));
    }

    @Test
    void encryptionConfigurationOfTheApiServerIsKeptWhereverItLies() throws IOException {
        file(
                "/etc/kubernetes/manifests/kube-apiserver.yaml",
                "    - --encryption-provider-config=/srv/enc/conf.yaml\n");
        file("/srv/enc/conf.yaml", "keys");

        var found = HostPaths.find(host, List.of(Path.of("/etc/kubernetes")));

        assertThat(found.present()).containsExactly(Path.of("/etc/kubernetes"), Path.of("/srv/enc/conf.yaml"));
        assertThat(found.warnings()).isEmpty();
    }

    @Test
    void encryptionConfigurationThatIsMissingIsAWarning() throws IOException {
        file(
                "/etc/kubernetes/manifests/kube-apiserver.yaml",
                "    - --encryption-provider-config=/srv/enc/conf.yaml\n");

        var found = HostPaths.find(host, List.of(Path.of("/etc/kubernetes")));

        assertThat(found.warnings()).singleElement().asString().contains("/srv/enc/conf.yaml");
    }
}
