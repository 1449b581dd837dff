package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.store.testing.SshServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worst day's first command, on a machine with nothing but a Java runtime, the program, a key and the target. */
class BareMachineIT {
    /** What the launcher calls; all else is Java's. */
    private static final String PROGRAMS = "/bin/sh /usr/bin/dirname /usr/bin/sed";

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void theRunbookIsPrintedFromTheTargetAlone() throws Exception {
        // Given a recovery point of a volume's brick at an SSH target
        var world = World.make(folder.resolve("world"), "age");
        world.store(
                World.BRICK,
                ArtifactKind.BRICK,
                new ByteArrayInputStream(new byte[100_000]),
                BrickDump.details("gv0", 0));
        world.storeTree();
        world.enterRecoveryPoint("nightly");
        try (var vault = SshServer.start(Files.createDirectories(folder.resolve("vault")))) {
            var url = vault.url(world.target());

            // When it is planned on a machine that has nothing else
            var run = machine(world, vault)
                    .run(
                            Map.of("JAVA_HOME", "/java", "PATH", "/usr/bin:/bin"),
                            Stream.concat(
                                            Stream.of("/program/bin/clusterbackup"),
                                            plan(url, "/keys", "/ssh/identity", "/ssh/known_hosts"))
                                    .toList());

            // Then it is what every other machine prints
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out()).contains("nightly", World.BRICK, World.TREE, "clusterbackup restore");
            var elsewhere = Invocation.of(plan(
                            url,
                            world.keys().toString(),
                            vault.identity().toString(),
                            vault.knownHosts().toString())
                    .toArray(String[]::new));
            assertThat(steps(run.out(), world, vault)).isEqualTo(steps(elsewhere.text(), world, vault));
        }
    }

    private static Stream<String> plan(String url, String keys, String identity, String knownHosts) {
        return Stream.of(
                "recover",
                "plan",
                "full",
                "-r",
                url,
                "--keys",
                keys,
                "--ssh-identity",
                identity,
                "--ssh-known-hosts",
                knownHosts);
    }

    /** Without the times of planning, and by the same names of files. */
    private static String steps(String runbook, World world, SshServer vault) {
        return runbook.replaceAll("[0-9T:.-]+Z|[0-9.]+ (s|min|h)\\b", "TIME")
                .replace(vault.identity().toString(), "/ssh/identity")
                .replace(vault.knownHosts().toString(), "/ssh/known_hosts")
                .replace(world.keys().toString(), "/keys");
    }

    private ChangedRoot machine(World world, SshServer vault) throws Exception {
        var java = Path.of(System.getProperty("java.home"));
        var root = new ChangedRoot(Files.createDirectories(folder.resolve("root")))
                .readOnly(java, "/java")
                .readOnly(Path.of("target/clusterbackup").toAbsolutePath(), "/program")
                .readOnly(world.keys().resolve("identity.txt"), "/keys/identity.txt")
                .readOnly(world.keys().resolve("allowed_signers"), "/keys/allowed_signers")
                .readOnly(vault.identity(), "/ssh/identity")
                .readOnly(vault.knownHosts(), "/ssh/known_hosts")
                .writable(Path.of("/proc"), "/proc")
                .writable(Path.of("/dev"), "/dev")
                .empty("/tmp");
        var libraries = BrickDump.shell(
                folder,
                "ldd PROGRAMS JAVA/bin/java JAVA/lib/server/libjvm.so | sed -n 's/^\\t\\(.* => \\)\\?\\(\\/[^ ]*\\) .*/\\2/p' | grep -v ^JAVA | sort -u"
                        .replace("PROGRAMS", PROGRAMS)
                        .replace("JAVA", java.toString()));
        Stream.concat(Stream.of(PROGRAMS.split(" ")), libraries.lines())
                .forEach(file -> root.readOnly(real(file), file));
        return root;
    }

    private static Path real(String file) {
        try {
            return Path.of(file).toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
