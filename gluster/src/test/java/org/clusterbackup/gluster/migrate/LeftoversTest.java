package org.clusterbackup.gluster.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeftoversTest {
    private static final NewNames NAMES = new NewNames(
            Map.of("node1", "alpha"), List.of(new BrickPath(Optional.empty(), "/media/b\u00fccher", "/data")));

    private final Path root;

    LeftoversTest(@TempDir Path root) {
        this.root = root;
    }

    private List<String> found(String name, byte[] content) throws IOException, BackupException {
        var file = root.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.write(file, content);
        return Leftovers.in(root, NAMES).stream().map(Leftover::toString).toList();
    }

    private List<String> found(String content) throws IOException, BackupException {
        return found("f", content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void eachIsSaidWithItsLine() throws IOException, BackupException {
        assertThat(found("a\nnode1 node1\n\n/media/b\u00fccher/x"))
                .containsExactly("f:2: node1", "f:2: node1", "f:4: /media/b\u00fccher");
    }

    @Test
    void bytesThatAreNoTextHideNothing() throws IOException, BackupException {
        var bytes = new byte[64];
        bytes[0] = (byte) 0xff;
        System.arraycopy("node1".getBytes(StandardCharsets.UTF_8), 0, bytes, 20, 5);

        assertThat(found("f", bytes)).containsExactly("f:1: node1");
    }

    @Test
    void partsOfNamesAreNone() throws IOException, BackupException {
        assertThat(found("node10 mynode1.example node1.example /media/b\u00fccher2"))
                .isEmpty();
    }

    @Test
    void namesOfFilesAndFoldersCount() throws IOException, BackupException {
        assertThat(found("geo-replication/gv0_node1_copy/x", new byte[0]))
                .containsExactly("geo-replication/gv0_node1_copy is named after node1");
    }

    /** The search reads a MiB at a time. */
    @ParameterizedTest
    @ValueSource(ints = {-7, -6, -5, -3, -1, 0, 1})
    void nameAtTheEdgeOfTwoReadsIsFoundOnce(int offset) throws IOException, BackupException {
        var before = " ".repeat((1 << 20) + offset - 1) + "\n";

        assertThat(found(before + "node1\n" + before + "node1\n")).containsExactly("f:2: node1", "f:4: node1");
        assertThat(found(before + "node10 mynode1")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "peers/x",
                "vols/v/info",
                "vols/v/bricks/x",
                "snaps/s/v/info",
                "snaps/s/v/bricks/x",
                "vols/v/v.vol"
            })
    void whatGlusterdActsOnIsTold(String file) throws IOException, BackupException {
        found(file, "node1".getBytes(StandardCharsets.UTF_8));

        assertThat(Leftovers.in(root, NAMES)).singleElement().matches(Leftover::actedOn);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hooks/1/x.vol", "geo-replication/x", "options", "vols/v/other/info"})
    void whatItDoesNotIsToldApart(String file) throws IOException, BackupException {
        found(file, "node1".getBytes(StandardCharsets.UTF_8));

        assertThat(Leftovers.in(root, NAMES)).singleElement().matches(leftover -> !leftover.actedOn());
    }
}
