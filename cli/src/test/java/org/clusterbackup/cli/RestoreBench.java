package org.clusterbackup.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.clusterbackup.repository.artifact.ArtifactKind;

/**
 * {@code RestoreBench FOLDER MAKE-DATA.PL FILES}: makes a brick of so many small files with the second name and the attributes
 * that Gluster gives each, dumps it, and restores it: by xfsrestore alone from the dump as a file, by {@code restore brick} from
 * an encrypted repository in a folder, two such bricks one after the other, and two side by side. Prints seconds and the peak of
 * memory. Needs root and some 25 KB of FOLDER a file, and starts with what an earlier run made there.
 */
public final class RestoreBench {
    private static final String BRICK = """
            truncate -s 8G brick.img && mkfs.xfs -q brick.img && mkdir -p brick && mount -o loop,noatime brick.img brick
            home=$PWD; trap 'cd "$home"; umount brick; rm brick.img' EXIT
            perl MAKE brick/brick files=FILES random-mb=0 table-mb=0
            cd brick && find brick -path brick/.glusterfs -prune -o -type f -print0 | perl -MDigest::MD5=md5_hex -0 -ne '
              chomp; my $id = md5_hex($_); my $at = "brick/.glusterfs/" . substr($id, 0, 2);
              my $below = $at . "/" . substr($id, 2, 2); mkdir $_ for "brick/.glusterfs", $at, $below;
              (my $name = $id) =~ s/^(.{8})(.{4})(.{4})(.{4})/$1-$2-$3-$4-/; link $_, "$below/$name" or die "$_: $!";
              print "# file: $below/$name\\ntrusted.gfid=0x$id\\ntrusted.glusterfs.mdata=0x01", "00" x 38,
                "\\ntrusted.gfid2path.", substr($id, 0, 16), "=0x", "61" x 50, "\\n\\n";' >../attributes
            setfattr --restore=../attributes
            sync; xfsdump -F -J -l 0 -L l -M m - "$PWD" 2>../dump.log >../brick.dump </dev/null
            """;

    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private final Path folder;
    private final World world;
    private final PrintStream out;

    private RestoreBench(Path folder, PrintStream out) {
        this.folder = folder;
        this.world = new World(folder.resolve("world"));
        this.out = out;
    }

    /** See the class. */
    public static void main(String[] args) throws Exception {
        var bench = new RestoreBench(Path.of(args[0]).toAbsolutePath(), System.out);
        bench.prepare(Path.of(args[1]).toAbsolutePath(), args[2]);
        for (var disk : List.of("one", "two")) {
            bench.disk(disk);
        }
        bench.alone();
        bench.measure("restore brick", List.of(bench.restore("one")));
        bench.disk("one");
        var first = bench.measure("of two, the first", List.of(bench.restore("one")));
        var second = bench.measure("of two, the second", List.of(bench.restore("two")));
        bench.out.printf(Locale.ROOT, "two, one after the other: %.1f s%n", first + second);
        bench.disk("one");
        bench.disk("two");
        bench.measure("two, side by side", List.of(bench.restore("one"), bench.restore("two")));
        BrickDump.shell(bench.folder, "umount one two; rm one.img two.img");
    }

    private void prepare(Path makeData, String files) throws Exception {
        if (!Files.exists(folder.resolve("brick.dump"))) {
            Files.createDirectories(folder);
            BrickDump.shell(folder, BRICK.replace("MAKE", makeData.toString()).replace("FILES", files));
            World.make(Files.createDirectories(world.root()), "age");
            try (var stream = Files.newInputStream(folder.resolve("brick.dump"))) {
                world.store(World.BRICK, ArtifactKind.BRICK, stream, BrickDump.details("gv0", 0));
            }
        }
        out.println(files + " files, dump " + Sizes.text(Files.size(folder.resolve("brick.dump"))));
    }

    private void disk(String name) throws IOException {
        BrickDump.shell(folder, """
                if mountpoint -q NAME; then umount NAME; fi; mkdir -p NAME; truncate -s 8G NAME.img; mkfs.xfs -q -f NAME.img
                mount -o loop,noatime NAME.img NAME; sync
                """.replace("NAME", name));
    }

    private void alone() throws Exception {
        var command =
                List.of("sh", "-c", "xfsrestore -F -J - one <brick.dump >restore.log 2>&1 && sync --file-system one");
        measure("xfsrestore alone", List.of(command));
        disk("one");
    }

    private List<String> restore(String to) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.clusterbackup.cli.Main"));
        command.addAll(List.of("restore", "brick", World.BRICK + "@latest", "--no-live-partner", "--quiet", "--to"));
        command.add(folder.resolve(to).toString());
        return command;
    }

    private double measure(String what, List<List<String>> commands) throws Exception {
        var started = System.nanoTime();
        var processes = new ArrayList<Process>();
        for (var command : commands) {
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile());
            builder.environment().putAll(world.environment());
            processes.add(builder.start());
        }
        var peak = 0L;
        for (var process : processes) {
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                peak = Math.max(peak, peak(process));
            }
            if (process.exitValue() != 0) {
                throw new IOException(commands + ": " + Files.readString(folder.resolve("log")));
            }
        }
        var seconds = Duration.ofNanos(System.nanoTime() - started).toMillis() / 1e3;
        out.printf(Locale.ROOT, "%s: %.1f s, peak RSS %d MiB%n", what, seconds, peak >> 10);
        return seconds;
    }

    private static long peak(Process process) {
        try {
            var found = PEAK.matcher(Files.readString(Path.of("/proc", "" + process.pid(), "status")));
            return found.find() ? Long.parseLong(found.group(1)) : 0;
        } catch (IOException e) {
            // It has ended.
            return 0;
        }
    }
}
