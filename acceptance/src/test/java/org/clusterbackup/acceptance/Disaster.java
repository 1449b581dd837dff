package org.clusterbackup.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    private final Map<String, String> told = new LinkedHashMap<>();

    Disaster(Lab lab) {
        this.lab = lab;
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

    /** The plan, for {@code recover run}. */
    Path plan(Copy from, String... scenario) {
        var words = new ArrayList<>(List.of("recover", "plan"));
        words.addAll(List.of(scenario));
        words.addAll(CONTROL);
        words.addAll(List.of("--output", "json"));
        for (var server : lab.servers()) {
            for (var set = 0; set < lab.sets(); set++) {
                var brick = "brick" + set;
                words.addAll(List.of("--device", server + ":/media/" + brick + "=" + image(server, brick)));
            }
        }
        var file = lab.folder().resolve("plan-" + from.name() + "-" + scenario[0] + ".json");
        lab.tool().on(from, words.toArray(String[]::new)).runInto(file).good();
        return file;
    }

    /** Does what of the plan belongs to the server, on it. */
    void recover(String name, Path plan, String server) {
        var started = System.nanoTime();
        var table = lab.tool()
                .command(
                        words -> lab.gluster().asRescuer(server, words),
                        "recover",
                        "run",
                        plan.toString(),
                        "--as",
                        server,
                        "--yes")
                .run()
                .good()
                .out();
        var seconds = Duration.ofNanos(System.nanoTime() - started).toMillis() / 1000.0;
        told.put(name + " on " + server, "%.1f s%n%s".formatted(seconds, table));
        System.out.println(name + " on " + server + ": " + told.get(name + " on " + server));
    }

    /** Scenarios with the times of their steps, for people. */
    void write(Path file) {
        var text = new StringBuilder();
        told.forEach(
                (name, table) -> text.append(name).append(": ").append(table).append('\n'));
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
