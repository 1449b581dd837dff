package org.clusterbackup.cli.etcd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * etcd's program that makes a data directory of a snapshot: {@code etcdutl}, or {@code etcdctl} of a version before 3.6.
 *
 * @param program a path, or a name to be found in {@code PATH}
 * @param bumps whether it can raise the revision
 */
public record EtcdTool(String program, boolean bumps) {
    private static final List<String> RESTORE = List.of("snapshot", "restore");
    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d{1,18})");

    /**
     * @param folder where to look instead of {@code PATH}
     * @throws BackupException {@code TARGET_UNFIT} if neither is there
     */
    public static EtcdTool find(Optional<Path> folder) throws BackupException, InterruptedException {
        for (var name : List.of("etcdutl", "etcdctl")) {
            var program = folder.map(in -> in.resolve(name).toString()).orElse(name);
            var help = new ArrayList<String>();
            help.add(program);
            help.addAll(RESTORE);
            help.add("--help");
            try {
                var said = run(help);
                // etcdctl 3.6 has no restore any more, and says so with the help of what it has.
                if (said.code == 0 && said.text.contains("--data-dir")) {
                    return new EtcdTool(program, said.text.contains("--bump-revision"));
                }
            } catch (IOException e) {
                // Not there: the next one may be.
            }
        }
        throw new BackupException(
                        Kind.TARGET_UNFIT,
                        "neither etcdutl nor an etcdctl that restores is "
                                + folder.map(in -> "in " + in).orElse("in PATH"))
                .withHint("install etcdutl of the version that is to run (3.5 and later; before, etcdctl), or give its"
                        + " folder with --tools");
    }

    /**
     * Makes {@code dataDir}, which must not exist yet.
     *
     * @param cluster as {@code --initial-cluster} has it
     * @param bump how far the revision is raised, all up to it marked as compacted; 0 is not at all
     * @throws BackupException {@code DAMAGED} with what the program says, if it refuses
     */
    void restore(Path snapshot, Path dataDir, NewMember member, String cluster, String token, long bump)
            throws BackupException, IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(program);
        command.addAll(RESTORE);
        command.addAll(List.of(
                snapshot.toString(),
                "--data-dir=" + dataDir,
                "--name=" + member.name(),
                "--initial-advertise-peer-urls=" + member.peer(),
                "--initial-cluster=" + cluster,
                "--initial-cluster-token=" + token));
        if (bump > 0) {
            command.add("--bump-revision=" + bump);
            command.add("--mark-compacted");
        }
        var said = run(command);
        if (said.code != 0) {
            throw new BackupException(
                    Kind.DAMAGED,
                    program + " did not restore the snapshot (exit code " + said.code + "): " + lastLine(said.text));
        }
    }

    /**
     * The revision of the last change in a snapshot.
     *
     * @throws BackupException {@code DAMAGED} if the program cannot read it
     */
    long revision(Path snapshot) throws BackupException, IOException, InterruptedException {
        var said = run(List.of(program, "snapshot", "status", snapshot.toString(), "-w", "json"));
        var found = REVISION.matcher(said.text);
        if (said.code != 0 || !found.find()) {
            throw new BackupException(
                    Kind.DAMAGED,
                    program + " cannot read the snapshot (exit code " + said.code + "): " + lastLine(said.text));
        }
        return Long.parseLong(found.group(1));
    }

    private static String lastLine(String text) {
        return text.lines().filter(line -> !line.isBlank()).reduce("", (before, line) -> line);
    }

    private record Said(int code, String text) {}

    private static Said run(List<String> command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        var process = builder.start();
        try {
            process.getOutputStream().close();
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Said(process.waitFor(), text);
        } finally {
            process.destroyForcibly();
        }
    }
}
