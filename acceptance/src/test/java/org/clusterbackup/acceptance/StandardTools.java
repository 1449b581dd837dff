package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/** A restore without our program: what {@code RESTORE.md} at the target says, to the letter. */
record StandardTools(Lab lab) {
    /** The brick, into a new file system; it is what the tool makes of the same artifact. */
    void giveBack(String brickSource) throws IOException {
        // Given a local copy of the target, the keys in it, an empty disk, and a PATH without Java
        var copy = lab.folder().resolve("copy-by-hand");
        var programs = lab.folder().resolve("programs");
        Command.shell(
                        "cp -a \"$1\" \"$2\"; cp \"$3/identity.txt\" \"$3/allowed_signers\" \"$2\"; mkdir \"$4\";"
                                + " ln -s /usr/bin/* /bin/* /usr/sbin/* /sbin/* \"$4\" 2>&- || true; rm -f \"$4\"/java* \"$4\"/clusterbackup",
                        lab.copy(Lab.FAR).folder(),
                        copy,
                        lab.keys(),
                        programs)
                .run()
                .good();
        try (var byHand = Disk.xfs(lab.folder().resolve("by-hand"), 1000);
                var byTool = Disk.xfs(lab.folder().resolve("by-tool"), 1000)) {
            byHand.wipe();

            // When
            var page = Runbook.indented(copy.resolve("RESTORE.md"));
            Runbook.Machine shell = block -> Command.shell(
                            "cd \"$1\"; PATH=$2 JAVA_HOME=; if command -v java; then exit 1; fi; eval \"$3\"",
                            copy,
                            programs,
                            block.commands()
                                    .replace("brick/gv0/0/node-a", brickSource)
                                    .replace("/dev/DEVICE", byHand.image().toString())
                                    .replace("/media/brick0", byHand.place().toString()))
                    .run()
                    .good()
                    .out();
            assertThat(page.run("Is this script the one that was put here?", shell))
                    .contains("Good");
            page.run("Restore", 2, shell);

            // Then it is what the tool gives
            lab.tool()
                    .on(
                            lab.copy(Lab.CLOUD),
                            "restore",
                            "brick",
                            brickSource + "@latest",
                            "--to",
                            byTool.place().toString())
                    .run()
                    .good();
            var brick = byHand.place().resolve("brick");
            assertThat(brick).isDirectory();
            ClusterState.assertSame(
                    ClusterState.fingerprint(lab, byTool.place().resolve("brick")),
                    ClusterState.fingerprint(lab, brick));
        }
    }
}
