package org.clusterbackup.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code clusterbackup}, as an operator calls it. */
final class Tool {
    private final Path ssh;
    private final Map<String, String> environment;

    /** @param ssh the folder of the SSH server, with the client's key */
    Tool(Path keys, Path ssh, Map<String, String> credentials) {
        this.ssh = ssh;
        var all = new HashMap<>(credentials);
        all.put("CLUSTERBACKUP_KEYS", keys.toString());
        all.put("JAVA_HOME", System.getProperty("java.home"));
        // Most calls are short: the second compiler would take longer than they do.
        all.put("CLUSTERBACKUP_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
        environment = Map.copyOf(all);
    }

    /** That of who made the trial's {@code secrets}, for its S3 servers. */
    static Tool ofTrial(Path secrets) throws IOException {
        return new Tool(
                secrets.resolve("keys"),
                secrets,
                Map.of(
                        "AWS_ACCESS_KEY_ID",
                        Files.readString(secrets.resolve("s3/access-key")),
                        "AWS_SECRET_ACCESS_KEY",
                        Files.readString(secrets.resolve("s3/secret-key")),
                        "AWS_REGION",
                        "eu-central-1"));
    }

    Command command(String... arguments) {
        var words = new ArrayList<>(List.of(Checkout.TOOL.toString()));
        words.addAll(List.of(arguments));
        return new Command(List.copyOf(words), environment, Path.of("/dev/null"), Duration.ofMinutes(3));
    }

    /** Any command, with the tool's environment. */
    Command plain(List<String> words) {
        return new Command(words, environment, Path.of("/dev/null"), Duration.ofMinutes(10));
    }

    /** How to get to every copy, as options. */
    List<String> access() {
        return List.of(
                "--retry-for", "10", "--ssh-identity", ssh + "/client", "--ssh-known-hosts", ssh + "/known_hosts");
    }

    /** @param arguments a command for that copy of the repository */
    Command on(Copy copy, String... arguments) {
        var words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("-r", copy.url()));
        words.addAll(access());
        return command(words.toArray(String[]::new));
    }
}
