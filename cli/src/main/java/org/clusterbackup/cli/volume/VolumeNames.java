package org.clusterbackup.cli.volume;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.clusterbackup.cli.dump.DumpNames;
import org.clusterbackup.cli.place.BrickRoot;
import org.clusterbackup.cli.text.ByteText;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * The names of a volume that somebody wants, gathered from its replica sets. A file that was renamed has its name in two of
 * them, once as Gluster's note where it lies: it counts once.
 */
public final class VolumeNames {
    private static final String SHARDS = ".shard";
    private static final String REMOVED_SHARDS = ".shard/.remove_me";

    private final String volume;
    private final Predicate<String> wanted;
    private final SortedMap<String, Name> names = new TreeMap<>();
    private boolean sharded;

    /** @param inodes in the dump of each set that has it, by the set's number */
    public record Name(boolean folder, Map<Integer, Long> inodes) {}

    /** @param wanted which paths, relative to the mount, each character a byte */
    public VolumeNames(String volume, Predicate<String> wanted) {
        this.volume = volume;
        this.wanted = wanted;
    }

    /**
     * @param details of the manifest of the dump
     * @throws BackupException {@code USAGE} if the volume is sharded
     */
    public void add(int set, JsonNode details, DumpNames dump) throws BackupException, IOException {
        dump.below(brick(details), (path, inode, folder) -> {
            sharded |= path.startsWith(SHARDS + "/") && !path.startsWith(REMOVED_SHARDS);
            if (!VolumePath.isInternal(path) && wanted.test(path)) {
                names.computeIfAbsent(path, any -> new Name(folder, new TreeMap<>()))
                        .inodes()
                        .put(set, inode);
            }
        });
        if (sharded) {
            throw new BackupException(
                            Kind.USAGE, "volume " + volume + " is sharded: no brick of it holds a whole large file")
                    .withHint("restore all its bricks");
        }
    }

    /**
     * Where the brick's folder is in the dumped file system, as a raw path; empty for its root.
     *
     * @throws BackupException {@code DAMAGED} if the manifest names no such folder
     */
    static String brick(JsonNode details) throws BackupException {
        var root = Path.of("/");
        var brick = root.relativize(BrickRoot.place(details, root)).toString();
        return new String(brick.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /**
     * What to ask a set's dump for, so that it gives all it has of some paths: those of them that it has, or what is at the
     * root; none that lies below another.
     */
    public List<String> topsOf(int set, List<VolumePath> paths) {
        var tops = new ArrayList<String>();
        for (var name : names.entrySet()) {
            var path = name.getKey();
            var asked = paths.stream()
                    .anyMatch(one -> one.raw().isEmpty()
                            ? path.indexOf('/') < 0
                            : one.raw().equals(path));
            if (asked
                    && name.getValue().inodes().containsKey(set)
                    && tops.stream().noneMatch(top -> new VolumePath(top).holds(path))) {
                tops.add(path);
            }
        }
        return tops;
    }

    /**
     * The files among the names that a set has which are not below {@code brick}, where its dump was restored to, with their
     * inodes: xfsrestore says success whatever it leaves out.
     */
    public SortedMap<String, Long> absent(int set, Path brick) throws IOException {
        var absent = new TreeMap<String, Long>();
        names.forEach((path, name) -> {
            if (!name.folder() && name.inodes().containsKey(set)) {
                absent.put(path, name.inodes().get(set));
            }
        });
        if (Files.isDirectory(brick)) {
            try (var paths = Files.walk(brick)) {
                paths.forEach(path -> absent.remove(ByteText.raw(brick.relativize(path))));
            }
        }
        return absent;
    }

    /** Paths of the volume as paths of the dumped file system. */
    public static List<String> inDump(JsonNode details, List<String> paths) throws BackupException {
        var brick = brick(details);
        return brick.isEmpty()
                ? paths
                : paths.stream().map(path -> brick + "/" + path).toList();
    }

    public SortedMap<String, Name> all() {
        return Collections.unmodifiableSortedMap(names);
    }
}
