package org.clusterbackup.repository.store;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.jspecify.annotations.Nullable;

/** SHA-256 computed by a program at the far side of an SSH connection, where the account may run one. */
final class RemoteDigests {
    /** openssl first: sha256sum of older systems does not use the processor's instructions and is six times slower. */
    private static final List<String> TOOLS = List.of("openssl dgst -sha256 -r", "sha256sum");

    private static final String OF_NOTHING = Sha256.of(new byte[0]).hex();
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *](\\S+)");

    /** sshd allows ten sessions a connection by default, and one is SFTP's. */
    private static final int COMMANDS_AT_ONCE = 4;

    private static final Duration NONE_HOLDS = Duration.ofMinutes(10);

    private final SshConnection connection;
    private final String root;
    private final Semaphore atOnce = new Semaphore(COMMANDS_AT_ONCE);
    /** Empty if there is none; null until somebody asked. */
    private volatile @Nullable String tool;

    private volatile Instant askAgain = Instant.MAX;

    RemoteDigests(SshConnection connection, String root) {
        this.connection = connection;
        this.root = root;
    }

    /** Whether the account may run a program that can; that it may not is asked again after a while. */
    boolean available() throws BackupException {
        var known = tool;
        if (known == null || (known.isEmpty() && askAgain.isBefore(Instant.now()))) {
            known = find();
            // A command may have failed because the server was busy.
            askAgain = Instant.now().plus(NONE_HOLDS);
            tool = known;
        }
        return !known.isEmpty();
    }

    /**
     * The digests of those files that could be read; ask {@link #available} first.
     *
     * @param names harmless relative names
     * @throws BackupException {@code UNREACHABLE}
     */
    Map<String, Sha256> of(List<String> names) throws BackupException {
        // Only regular files: a pipe would hold the program for ever.
        var command = "cd " + quote(root) + " && set -- && for f in"
                + names.stream().map(name -> " " + quote("./" + name)).collect(Collectors.joining())
                + "; do if [ -f \"$f\" ] && [ ! -h \"$f\" ]; then set -- \"$@\" \"$f\"; fi; done; "
                + tool + " \"$@\" </dev/null 2>/dev/null";
        var digests = new HashMap<String, Sha256>();
        run(command).lines().forEach(line -> {
            var matcher = LINE.matcher(line);
            if (matcher.matches() && matcher.group(2).startsWith("./")) {
                digests.put(matcher.group(2).substring(2), new Sha256(matcher.group(1)));
            }
        });
        return digests;
    }

    /** One word for any POSIX shell, whatever it contains. */
    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private String find() throws BackupException {
        for (var candidate : TOOLS) {
            if (run(candidate + " </dev/null").startsWith(OF_NOTHING)) {
                return candidate;
            }
        }
        return "";
    }

    /** A server that forbids commands closes the channel or runs its SFTP server instead: no output then. */
    private String run(String command) throws BackupException {
        var before = connection.sftp();
        atOnce.acquireUninterruptibly();
        try {
            return connection.exec(command);
        } catch (IOException e) {
            if (before.isOpen()) {
                return "";
            }
            throw new BackupException(
                    Kind.UNREACHABLE,
                    "the connection to " + connection.host() + " broke during a digest: " + e.getMessage(),
                    e);
        } finally {
            atOnce.release();
        }
    }
}
