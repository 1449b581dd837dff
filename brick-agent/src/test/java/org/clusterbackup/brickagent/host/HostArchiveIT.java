package org.clusterbackup.brickagent.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.clusterbackup.brickagent.Shell;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.gluster.GlusterStateReader;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real tar over a host's root that the test makes. */
class HostArchiveIT {
    private final Path folder;
    private final Path host;

    HostArchiveIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.host = Files.createDirectory(folder.resolve("host"));
        Shell.run(
                host,
                "mkdir -p var/lib/glusterd/vols etc/glusterfs; echo UUID=b89dc459-ad45-4c7f-a25f-4e4b05213316 >var/lib/glusterd/glusterd.info;"
                        + " echo x >etc/glusterfs/glusterd.vol; ln -s glusterd.vol etc/glusterfs/link; truncate -s 20M etc/glusterfs/sparse;"
                        + " setfattr -n user.colour -v blue etc/glusterfs/glusterd.vol");
    }

    private HostArchive start(String... paths) throws BackupException {
        return HostArchive.start(
                host,
                List.of(paths).stream().map(Path::of).toList(),
                Map.of("volume-info.txt", "no volumes\n"),
                folder.resolve("scratch"),
                Gentleness.NONE);
    }

    private void save(HostArchive archive) throws IOException {
        try (var file = Files.newOutputStream(folder.resolve("tar"))) {
            archive.stream().transferTo(file);
        }
    }

    @Test
    void archiveHoldsFilesAttributesAndReports() throws IOException, BackupException {
        try (var archive = start("/var/lib/glusterd", "/etc/glusterfs")) {
            save(archive);
            archive.requireComplete();
        }

        Shell.run(
                folder,
                "mkdir out && tar -C out --xattrs --xattrs-include='*' -xf tar && diff -r host/etc out/etc && diff -r host/var out/var");
        assertThat(Shell.run(folder, "cat out/cluster-backup/volume-info.txt")).isEqualTo("no volumes\n");
        assertThat(Shell.run(folder, "getfattr --only-values -n user.colour out/etc/glusterfs/glusterd.vol"))
                .isEqualTo("blue");
    }

    @Test
    void whatAKilledAgentLeavesIsSwept() throws IOException, BackupException {
        var scratch = Scratch.of(folder.resolve("working"), "node-a");
        var killed = HostArchive.start(
                host, List.of(Path.of("/etc/glusterfs")), Map.of("a.txt", "a\n"), scratch, Gentleness.NONE);
        try {
            assertThat(scratch).isNotEmptyDirectory();

            Scratch.sweep(Scratch.of(folder.resolve("working"), "node-a"));

            assertThat(scratch).isEmptyDirectory();
        } finally {
            killed.close();
        }
    }

    @Test
    void twoArchivesOfTheSameFilesDifferInHardlyAByte() throws IOException, BackupException {
        for (var name : List.of("first", "second")) {
            try (var archive = start("/etc/glusterfs")) {
                save(archive);
            }
            Shell.run(folder, "mv tar " + name);
        }

        // Times of the generated files, and tar's process id in the names of sparse files' headers.
        assertThat(Integer.parseInt(Shell.run(folder, "{ cmp -l first second || true; } | wc -l")
                        .strip()))
                .isLessThan(60);
    }

    @Test
    void fileThatCannotBeReadMakesTheArchiveIncomplete() throws IOException, BackupException {
        try (var archive = start("/etc/glusterfs", "/no/such/path")) {
            archive.stream().transferTo(OutputStream.nullOutputStream());

            assertThat(assertThrows(BackupException.class, archive::requireComplete)
                            .kind())
                    .isEqualTo(Kind.SOURCE_INCOMPLETE);
        }
    }

    @Test
    void nothingIsLeftBehind() throws IOException, BackupException {
        try (var archive = start("/etc/glusterfs")) {
            archive.stream().readNBytes(10);
        }

        assertThat(Shell.run(folder, "ls scratch")).isEmpty();
    }

    @Test
    void reportsAreWrittenWhateverIsMissing() throws BackupException {
        var state = new GlusterStateReader(host.resolve("var/lib/glusterd")).read();

        var reports = new HostReports(host).write(state, HostPaths.find(host, List.of()));

        assertThat(reports.get("volume-info.txt")).contains("b89dc459-ad45-4c7f-a25f-4e4b05213316");
        assertThat(reports.get("fstab.txt")).contains("could not be read");
        assertThat(reports.get("addresses.txt")).contains("lo mtu");
        assertThat(reports.get("lsblk.txt")).contains("NAME=\"", "FSTYPE=\"", "UUID=\"");
    }
}
