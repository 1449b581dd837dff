package org.clusterbackup.cli.migrate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.clusterbackup.gluster.GlusterStateReader;
import org.clusterbackup.gluster.Volume;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** What glusterd makes of a volume for its bricks and clients, {@code *.vol}, and the check sum that its peers compare. */
public record VolumeFiles(Path glusterd) {
    /** It makes them all and ends; with exit status 15, whether it worked or not. */
    public static final String COMMAND = "glusterd --xlator-option '*.upgrade=on' -N";

    private static final Path USUAL = Path.of("/var/lib/glusterd");
    private static final int PATIENCE_SECONDS = 120;
    /** Another folder is where glusterd expects its own, for this process alone; what runs on the machine is not disturbed. */
    private static final String ELSEWHERE = "mkdir -p /var/lib/glusterd && mount --bind \"$0\" /var/lib/glusterd"
            + " && mount -t tmpfs tmpfs /run && exec " + COMMAND + " --log-file=\"$1\" --pid-file=/run/glusterd.pid";

    /** The first that is not there; empty if all are. */
    public Optional<Path> missing() throws BackupException {
        for (var volume : new GlusterStateReader(glusterd).read().volumes()) {
            var folder = glusterd.resolve("vols").resolve(volume.name());
            var missing = needed(volume).stream()
                    .map(folder::resolve)
                    .filter(file -> !hasContent(file))
                    .findFirst();
            if (missing.isPresent()) {
                return missing;
            }
        }
        return Optional.empty();
    }

    private static List<String> needed(Volume volume) {
        var names = new ArrayList<String>();
        names.add("cksum");
        for (var brick : volume.bricks()) {
            var path = brick.path().toString().substring(1).replace('/', '-');
            names.add(volume.name() + "." + brick.host() + "." + path + ".vol");
        }
        return names;
    }

    private static boolean hasContent(Path file) {
        try {
            return Files.size(file) > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Has glusterd make them. No glusterd may use the folder.
     *
     * @throws BackupException if there is no glusterd, or afterwards a file is not there
     */
    public void regenerate() throws BackupException, IOException, InterruptedException {
        var log = Files.createTempFile("glusterd-", ".log");
        try {
            run(log);
            var missing = missing();
            if (missing.isPresent()) {
                throw new BackupException(Kind.FAILED, "glusterd did not make " + missing.get() + lastWords(log))
                        .withHint("the state has its new names; run the command again, or '" + COMMAND
                                + "' where it is glusterd's own");
            }
        } finally {
            Files.deleteIfExists(log);
        }
    }

    private void run(Path log) throws BackupException, InterruptedException {
        try {
            var process = new ProcessBuilder(command(log))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new BackupException(Kind.FAILED, "glusterd did not end within " + PATIENCE_SECONDS + " s");
            }
        } catch (IOException e) {
            throw new BackupException(Kind.FAILED, "there is no glusterd to be run: " + e.getMessage(), e)
                    .withHint("where there is one: " + COMMAND);
        }
    }

    private List<String> command(Path log) {
        return glusterd.equals(USUAL)
                ? List.of("glusterd", "--xlator-option", "*.upgrade=on", "-N", "--log-file=" + log)
                : List.of("unshare", "--mount", "--net", "sh", "-c", ELSEWHERE, glusterd.toString(), log.toString());
    }

    private static String lastWords(Path log) throws IOException {
        var errors = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("] E ["))
                .toList();
        return errors.isEmpty() ? "" : ": " + errors.getLast().strip();
    }
}
