package org.clusterbackup.cli.etcd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * The program {@code etcd} itself.
 *
 * @param program a path, or a name to be found in {@code PATH}
 */
public record EtcdServer(String program) {
    /** Of a line of its log that is shown. */
    private static final int LONGEST_WORDS = 500;

    /**
     * @param folder where to look instead of {@code PATH}
     * @throws BackupException {@code TARGET_UNFIT} if it is not there
     */
    public static EtcdServer find(Optional<Path> folder) throws BackupException, InterruptedException {
        var program = folder.map(in -> in.resolve("etcd").toString()).orElse("etcd");
        try {
            var process = builder(List.of(program, "--version"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor() == 0) {
                return new EtcdServer(program);
            }
        } catch (IOException e) {
            // Not there.
        }
        throw new BackupException(
                        Kind.TARGET_UNFIT,
                        "etcd is not " + folder.map(in -> "in " + in).orElse("in PATH")
                                + ": a snapshot is read by a member that is started with it")
                .withHint(
                        "install etcd and etcdutl of the version that was backed up, or give their folder with --tools");
    }

    /**
     * Starts a member that only who has the key of {@code certificate} is let into, at both of its ports.
     *
     * @param folder gets {@code log}, and has {@code data}
     * @param port for clients, on 127.0.0.1
     */
    Process start(Path folder, int port, RootCertificate certificate) throws IOException {
        var url = "https://127.0.0.1:" + port;
        var command = new ArrayList<String>();
        command.add(program);
        command.addAll(List.of(
                "--name=" + ThrowAwayMember.ALONE.name(),
                "--data-dir=" + folder.resolve("data"),
                "--listen-client-urls=" + url,
                "--advertise-client-urls=" + url,
                // It has no peers, and takes any port.
                "--listen-peer-urls=https://127.0.0.1:0",
                "--initial-advertise-peer-urls=" + ThrowAwayMember.ALONE.peer(),
                "--initial-cluster=" + ThrowAwayMember.ALONE,
                // The gateway for JSON refuses a certificate with a common name.
                "--enable-grpc-gateway=false"));
        for (var ends : List.of("--", "--peer-")) {
            command.addAll(List.of(
                    ends + "cert-file=" + certificate.file(),
                    ends + "key-file=" + certificate.key(),
                    ends + "client-cert-auth",
                    ends + "trusted-ca-file=" + certificate.file()));
        }
        return builder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    /** etcd takes options from the environment, too, and those of another member may be there. */
    private static ProcessBuilder builder(List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_"));
        return builder;
    }

    /** What ended it, out of its log: the last line that tells of an error, cut to what can be read. */
    static String lastWords(Path folder) throws IOException {
        var last = "it said nothing";
        var wrong = Optional.<String>empty();
        try (var lines = Files.newBufferedReader(folder.resolve("log"), StandardCharsets.ISO_8859_1)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line.isBlank() ? last : line;
                if (line.contains("\"fatal\"") || line.contains("\"error\"") || line.startsWith("panic")) {
                    wrong = Optional.of(line);
                }
            }
        }
        var words = wrong.orElse(last);
        return words.length() > LONGEST_WORDS ? words.substring(0, LONGEST_WORDS) + "…" : words;
    }
}
