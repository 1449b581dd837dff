package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A root with nothing in it but what it is given, as that of a container or of a machine that was just installed. It is
 * read-only but for what is given otherwise, and gone when the program in it ends.
 */
final class ChangedRoot {
    /** Mounts are private to it. A link of the system, as {@code /bin}, is the same link there. */
    private static final String ENTER = """
            root=$1; shift
            mount -t tmpfs -o mode=755 root "$root"
            while [ "$1" != -- ]; do
              how=$1 from=$2 to=$root$3; shift 3
              mkdir -p "${to%/*}"
              if [ "$how" = empty ]; then
                mkdir "$to" && mount -t tmpfs -o mode=1777 empty "$to"
                continue
              elif [ -L "$from" ] && [ "$how" = system ]; then
                cp -P "$from" "$to"
                continue
              elif [ -d "$from" ]; then
                mkdir -p "$to"
              else
                : >"$to"
              fi
              mount --rbind "$from" "$to"
              [ "$how" = writable ] || mount -o remount,bind,ro "$to"
            done
            shift
            mount -o remount,bind,ro "$root"
            exec "$@"
            """;

    private final Path place;
    private final List<String> given = new ArrayList<>();

    /** @param place an empty folder */
    ChangedRoot(Path place) {
        this.place = place;
    }

    ChangedRoot readOnly(Path from, String to) {
        return give("readOnly", from.toString(), to);
    }

    ChangedRoot writable(Path from, String to) {
        return give("writable", from.toString(), to);
    }

    ChangedRoot empty(String to) {
        return give("empty", "-", to);
    }

    /** Folders of this machine, if it has them, where they are here. */
    ChangedRoot system(String... folders) {
        for (var folder : folders) {
            if (Files.exists(Path.of(folder))) {
                give("system", folder, folder);
            }
        }
        return this;
    }

    private ChangedRoot give(String how, String from, String to) {
        given.addAll(List.of(how, from, to));
        return this;
    }

    /** How it ended, and what it printed. */
    record Result(int code, String out, String err) {}

    /** @param environment all of it */
    Result run(Map<String, String> environment, List<String> command) throws IOException {
        var words = new ArrayList<>(
                List.of("unshare", "--mount", "--propagation", "private", "sh", "-euc", ENTER, "sh", place.toString()));
        words.addAll(given);
        words.addAll(List.of("--", "env", "-i"));
        environment.forEach((name, value) -> words.add(name + "=" + value));
        // By its path: it is looked for in the PATH of the new environment.
        words.addAll(List.of("/usr/sbin/chroot", place.toString()));
        words.addAll(command);
        var err = Files.createTempFile("err", null);
        var process = new ProcessBuilder(words)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(err.toFile())
                .start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var code = process.onExit().join().exitValue();
        var said = Files.readString(err, StandardCharsets.ISO_8859_1);
        Files.delete(err);
        return new Result(code, out, said);
    }
}
