package org.clusterbackup.acceptance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** The collection, installed on a provisioner whose home is a folder, and its plays. */
final class Plays {
    static final Path SOURCE = Checkout.ROOT.resolve("ansible");

    private static final ObjectMapper JSON = new JsonMapper();
    private static final Pattern CHANGED = Pattern.compile("localhost .* changed=([0-9]+) ");

    private final Path tools = Path.of(Objects.requireNonNull(System.getenv("ANSIBLE_TOOLS"), "ANSIBLE_TOOLS"));
    private final Path folder;

    /** How a play ended. */
    record Played(Command.Result result) {
        /** @throws AssertionError unless it ended well */
        Played good() {
            result.good();
            return this;
        }

        /** How many tasks changed something. */
        int changed() {
            var matcher = CHANGED.matcher(result.out());
            if (!matcher.find()) {
                throw new AssertionError("no recap: " + result);
            }
            return Integer.parseInt(matcher.group(1));
        }

        /** What Ansible printed at the failure of its last task, or all of it. */
        String said() {
            return result.out() + result.err();
        }
    }

    private Plays(Path folder) {
        this.folder = folder;
    }

    /** Builds the collection and installs it, as an operator does. */
    static Plays installed(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("home"));
        Files.createDirectories(folder.resolve("tmp"));
        var plays = new Plays(folder);
        plays.ansible(
                        "ansible-galaxy",
                        "collection",
                        "install",
                        "--no-deps",
                        "-p",
                        folder.resolve("collections").toString(),
                        SOURCE.toString())
                .run()
                .good();
        return plays;
    }

    Path home() {
        return folder.resolve("home");
    }

    /** Where the plays make their temporary folders. */
    Path temporary() {
        return folder.resolve("tmp");
    }

    /** What all of them wrote into Ansible's own log. */
    String log() throws IOException {
        return Files.readString(folder.resolve("ansible.log"));
    }

    /** A play of the collection, as verbose as one is who looks for a mistake. */
    Played play(String name, Map<String, ?> variables, String... options) throws IOException {
        return play(SOURCE.resolve("playbooks").resolve(name + ".yml"), variables, options);
    }

    Played play(Path playbook, Map<String, ?> variables, String... options) throws IOException {
        var file = Files.writeString(
                Files.createTempFile(folder, "variables", ".json"), JSON.writeValueAsString(variables));
        var words = new ArrayList<>(List.of("-vvv", playbook.toString(), "-e", "@" + file));
        words.addAll(List.of(options));
        return new Played(
                ansible("ansible-playbook", words.toArray(String[]::new)).run());
    }

    /** Any program of Ansible's. */
    Command ansible(String program, String... arguments) {
        var words =
                new ArrayList<>(List.of(tools.resolve("bin").resolve(program).toString()));
        words.addAll(List.of(arguments));
        var environment = Map.of(
                "PATH", tools.resolve("bin") + ":" + System.getenv("PATH"),
                "HOME", home().toString(),
                "TMPDIR", temporary().toString(),
                "LC_ALL", "C.UTF-8",
                "ANSIBLE_HOME", home().resolve(".ansible").toString(),
                "ANSIBLE_REMOTE_TMP", home().resolve(".ansible/tmp").toString(),
                "ANSIBLE_LOG_PATH", folder.resolve("ansible.log").toString(),
                "ANSIBLE_COLLECTIONS_PATH", folder.resolve("collections") + ":" + tools.resolve("collections"));
        return new Command(List.copyOf(words), environment, Path.of("/dev/null"), Duration.ofMinutes(5));
    }
}
