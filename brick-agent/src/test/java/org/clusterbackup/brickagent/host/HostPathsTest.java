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
    private static final String CONFIG = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n";

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

    private HostPaths namedAs(String path) throws IOException {
        file("/etc/kubernetes/manifests/kube-apiserver.yaml", "    - --encryption-provider-config=" + path + "\n");
        return HostPaths.find(host, List.of(Path.of("/etc/kubernetes")));
    }

    @Test
    void encryptionConfigurationOfTheApiServerIsKeptWhereverItLies() throws IOException {
        file("/srv/enc/keys", CONFIG);

        var found = namedAs("/srv/enc/keys");

        assertThat(found.present()).containsExactly(Path.of("/etc/kubernetes"), Path.of("/srv/enc/keys"));
        assertThat(found.encryptionConfigs()).containsExactly(Path.of("/srv/enc/keys"));
        assertThat(found.warnings()).isEmpty();
    }

    @Test
    void encryptionConfigurationThatNothingNamesIsFoundByItsKind() throws IOException {
        file("/etc/kubernetes/enc/a.json", "{\"kind\":\"EncryptionConfiguration\",\"resources\":[]}");
        file("/etc/kubernetes/enc/b.yaml", "kind: Pod\n");

        var found = HostPaths.find(host, List.of(Path.of("/etc/kubernetes")));

        assertThat(found.encryptionConfigs()).containsExactly(Path.of("/etc/kubernetes/enc/a.json"));
    }

    @Test
    void encryptionConfigurationThatIsMissingIsAWarning() throws IOException {
        var found = namedAs("/srv/enc/conf.yaml");

        assertThat(found.encryptionConfigs()).isEmpty();
        assertThat(found.warnings()).singleElement().asString().contains("not on this node: /srv/enc/conf.yaml");
    }

    @Test
    void linkToAnEncryptionConfigurationIsNone() throws IOException {
        file("/srv/enc/conf.yaml", CONFIG);
        file("/etc/kubernetes/admin.conf", "");
        Files.createSymbolicLink(host.resolve("etc/kubernetes/enc.yaml"), Path.of("/srv/enc/conf.yaml"));

        var found = namedAs("/etc/kubernetes/enc.yaml");

        assertThat(found.encryptionConfigs()).isEmpty();
        assertThat(found.warnings()).singleElement().asString().contains("add where it leads");
    }
}
