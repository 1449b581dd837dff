package org.clusterbackup.brickagent.xfs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrickLocatorTest {
    @Test
    void pathThatLeadsOutOfTheHostsFileSystemsIsRefused(@TempDir Path folder) throws Exception {
        var host = Files.createDirectories(folder.resolve("host"));
        Files.createDirectories(folder.resolve("outside"));
        Files.createSymbolicLink(host.resolve("link"), folder.resolve("outside"));
        var locator = new BrickLocator(host);

        assertThatThrownBy(() -> locator.locate(Path.of("/link"), UUID.randomUUID()))
                .hasMessageContaining("leads out of " + host);
    }
}
