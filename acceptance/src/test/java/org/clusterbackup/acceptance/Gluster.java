package org.clusterbackup.acceptance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Real Gluster servers, each in namespaces of its own, by {@code deploy/local/gluster.sh}. */
final class Gluster implements AutoCloseable {
    static final String VOLUME = "global";
    static final String BRICK = "brick0";

    private final Path folder;

    private Gluster(Path folder) {
        this.folder = folder;
    }

    /** A volume, mounted on the first server, with {@code sets} bricks on each server: each replica set spans all of them. */
    static Gluster replicated(Path folder, String brickSize, List<String> servers, int sets) {
        var gluster = new Gluster(folder);
        var volume = new ArrayList<>(List.of("volume", servers.getFirst(), VOLUME, "" + servers.size()));
        servers.forEach(gluster::start);
        for (var set = 0; set < sets; set++) {
            for (var server : servers) {
                gluster.call("brick", server, "brick" + set, brickSize);
                volume.add(server + ":brick" + set);
            }
        }
        gluster.call(volume.toArray(String[]::new));
        gluster.mount(servers.getFirst());
        return gluster;
    }

    /** Servers whose states and bricks lie in {@code folder} already, none of them started. */
    static Gluster in(Path folder) {
        return new Gluster(folder);
    }

    /** Starts the server, with glusterd on whatever state it has. */
    void start(String server) {
        call("start", server);
    }

    void stop(String server) {
        call("stop", server);
    }

    /** A client's mount of the volume, at {@code /mnt/global}. */
    void mount(String server) {
        call("mount", server, VOLUME);
    }

    /** A folder of the server's as this machine sees it: {@code glusterd}, its state, or {@code bricks}, disks' images. */
    Path behind(String server, String part) {
        return folder.resolve(server).resolve(part);
    }

    /** The command that runs another one as on that server, but with this machine's network. */
    List<String> asRescuer(String server, List<String> command) {
        return words(
                Stream.concat(Stream.of("rescue", server), command.stream()).toList());
    }

    private void call(String... words) {
        command(words).run().good();
    }

    /** @param words the verb, and what follows the folder */
    private Command command(String... words) {
        return new Command(words(List.of(words)), Map.of(), Path.of("/dev/null"), Duration.ofMinutes(2));
    }

    private List<String> words(List<String> given) {
        var words = new ArrayList<>(List.of(Checkout.script("gluster.sh"), given.getFirst(), folder.toString()));
        words.addAll(given.subList(1, given.size()));
        return List.copyOf(words);
    }

    /** Runs a program inside a server. */
    Command inside(String server, String... command) {
        return command(
                Stream.concat(Stream.of("exec", server), Stream.of(command)).toArray(String[]::new));
    }

    /** Mounts the server's brick again. */
    void brick(String server) {
        brick(server, BRICK);
    }

    void brick(String server, String brick) {
        call("brick", server, brick);
    }

    /** The command that runs another one as a DaemonSet's pod on that server would. */
    List<String> asAgent(String server, List<String> command) {
        return words(Stream.concat(Stream.of("agent", server), command.stream()).toList());
    }

    @Override
    public void close() {
        command("stop").run();
    }
}
