package org.clusterbackup.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Destroys what the lab's cluster consists of, and lets {@code clusterbackup recover} bring it back. */
final class Disaster {
    private static final String OWN_NETWORK = "nsenter --net=/run/server.net ";
    private static final List<String> CONTROL = List.of(
            "--stop-gluster",
            "pkill -x glusterd || true; pkill -x glusterfsd || true; pkill -f '[g]lustershd' || true",
            "--start-gluster",
            OWN_NETWORK + "glusterd",
            "--gluster",
            OWN_NETWORK + "gluster");

    private final Lab lab;
    private final Gluster gluster;
    private final Function<String, Map<String, String>> shell;
    private final List<String> told;

    Disaster(Lab lab) {
        this(lab, lab.gluster(), _ -> Map.of(), new ArrayList<>());
    }

    private Disaster(Lab lab, Gluster gluster, Function<String, Map<String, String>> shell, List<String> told) {
        this.lab = lab;
        this.gluster = gluster;
        this.shell = shell;
        this.told = told;
    }

    /**
     * The same for servers that are others than the lab's.
     *
     * @param shell variables that are set on a server before the page begins, by the server's name
     */
    Disaster elsewhere(Gluster servers, Function<String, Map<String, String>> shell) {
        return new Disaster(lab, servers, shell, told);
    }

    /** The server's machine is gone; there is a new one, with Gluster installed and empty disks. */
    void replaceServer(String server) {
        var gluster = lab.gluster();
        gluster.stop(server);
        for (var part : List.of("glusterd", "etc", "log", "xfsdump", "clusterbackup")) {
            Command.of("rm", "-rf", gluster.behind(server, part).toString())
                    .run()
                    .good();
        }
        for (var set = 0; set < lab.sets(); set++) {
            replaceDisk(server, "brick" + set);
        }
        gluster.start(server);
    }

    /** What was on the disk is gone. */
    void replaceDisk(String server, String brick) {
        var image = image(server, brick);
        Command.shell("size=$(stat -c %s \"$1\"); rm \"$1\"; truncate -s \"$size\" \"$1\"", image)
                .run()
                .good();
    }

    Path image(String server, String brick) {
        return lab.gluster().behind(server, "bricks").resolve(brick + ".img");
    }

    /** Does what the page says, on the machines that it names. */
    void follow(String scenario, Runbook runbook, Copy target) {
        follow(scenario, runbook, target, Map.of());
    }

    /** @param variables that the page speaks of */
    void follow(String scenario, Runbook runbook, Copy target, Map<String, String> variables) {
        prepare(target);
        tell(scenario, () -> runbook.run(block -> run(block, variables)));
    }

    /** Does what the section says. */
    String follow(String scenario, Runbook runbook, String section, Copy target) {
        prepare(target);
        return tell(scenario + ", " + section, () -> runbook.run(section, block -> run(block, Map.of())));
    }

    private String tell(String what, Supplier<String> doing) {
        var started = System.nanoTime();
        var said = doing.get();
        var seconds = Duration.ofNanos(System.nanoTime() - started).toMillis() / 1000.0;
        told.add(String.format(Locale.ROOT, "%-40s %6.1f s", what, seconds));
        System.out.println("==== " + told.getLast() + "\n" + said);
        return said;
    }

    /** The folder of the person who follows a page. */
    Path desk() {
        return lab.folder().resolve("desk");
    }

    private void prepare(Copy target) {
        try {
            Files.createDirectories(desk());
            var access = lab.tool().access();
            Files.write(desk().resolve("access.options"), access);
            Files.writeString(
                    desk().resolve("target.options"), "-r\n" + target.url() + "\n" + String.join("\n", access) + "\n");
            var options = new ArrayList<>(CONTROL);
            for (var server : lab.servers()) {
                for (var set = 0; set < lab.sets(); set++) {
                    var brick = "brick" + set;
                    options.addAll(List.of("--device", server + ":/media/" + brick + "=" + image(server, brick)));
                }
            }
            Files.write(
                    desk().resolve("gluster.options"),
                    options.stream().map(Disaster::quoted).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As an argument file wants a word with blanks. */
    private static String quoted(String word) {
        return word.startsWith("--") ? word : '"' + word.replace("\"", "\\\"") + '"';
    }

    private String run(Runbook.Block block, Map<String, String> variables) {
        var script = new StringBuilder("cd '" + desk() + "'\n");
        export(
                script,
                "PATH",
                Checkout.TOOL.getParent() + ":" + lab.controlPlane().etcdTools() + ":" + System.getenv("PATH"));
        export(script, "KUBECONFIG", lab.controlPlane().kubeconfig().toString());
        shell.apply(block.server()).forEach((name, value) -> export(script, name, value));
        variables.forEach((name, value) -> export(script, name, value));
        var words = List.of("sh", "-euc", script + block.commands());
        return lab.tool()
                .plain(block.server().isEmpty() ? words : gluster.asRescuer(block.server(), words))
                .run()
                .good()
                .out();
    }

    private static void export(StringBuilder script, String name, String value) {
        script.append("export ").append(name).append("='").append(value).append("'\n");
    }

    /** Scenarios with the times that their recovery took, for people. */
    void write(Path file) {
        try {
            Files.write(file, told);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Staging is where nobody looks for it. */
    void hideStaging() {
        Command.of("mv", lab.copy("staging").folder().toString(), lab.folder() + "/disks/cloud/gone")
                .run()
                .good();
    }
}
