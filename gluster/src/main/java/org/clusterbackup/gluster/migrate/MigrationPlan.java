package org.clusterbackup.gluster.migrate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.clusterbackup.gluster.GlusterStateReader;
import org.clusterbackup.gluster.StateFile;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * What becomes of one server's state under new names, found without changing anything. UUIDs, user names and passwords, the
 * names of volumes and the order of bricks stay.
 */
public final class MigrationPlan {
    private static final Pattern PEER_NAME = Pattern.compile("hostname[0-9]+");
    private static final Pattern BRICK = Pattern.compile("brick-[0-9]+");
    /** A volume's options that list servers or clients. */
    private static final Set<String> LISTS =
            Set.of("auth.allow", "auth.reject", "nfs.rpc-auth-allow", "nfs.rpc-auth-reject");

    /** Of the process that served a brick; the next start gives another. */
    private static final String PORT = "listen-port";

    /** A file's new place and content. */
    record Rewritten(Path to, String content) {}

    /** The new value of a key. */
    private interface Values {
        String of(String key, String value) throws BackupException;
    }

    private final Path root;
    private final NewNames names;
    private final List<Change> changes = new ArrayList<>();
    private final Map<Path, Rewritten> rewritten = new HashMap<>();
    private final List<String> remarks = new ArrayList<>();
    /** Names that servers have, and what each is called now. */
    private final Map<String, String> servers = new TreeMap<>();

    private final Set<String> places = new TreeSet<>();
    private boolean renames;

    private MigrationPlan(Path root, NewNames names) {
        this.root = root;
        this.names = names;
    }

    /**
     * @param root glusterd's working directory
     * @throws BackupException {@code SOURCE_INCOMPLETE} naming the file that is cut, missing or not glusterd's; {@code USAGE} if
     *     two servers or bricks would be called the same
     */
    public static MigrationPlan of(Path root, NewNames names) throws BackupException {
        requireReadable(root);
        var all = StateTree.below(root);
        requireNoLinks(root, all);
        var plan = new MigrationPlan(root, names);
        for (var peer : StateTree.files(root, Path.of("peers"))) {
            plan.edit(peer, peer, plan::peer);
        }
        for (var volume : StateTree.volumes(root)) {
            plan.volume(volume);
        }
        plan.requireDifferentServers();
        for (var file : all) {
            if (StateTree.isMadeAnew(file) && !Files.isDirectory(root.resolve(file), LinkOption.NOFOLLOW_LINKS)) {
                plan.changes.add(new Change.Deleted(file));
            }
        }
        return plan;
    }

    private static void requireReadable(Path root) throws BackupException {
        var state = new GlusterStateReader(root).read();
        if (state.server().isEmpty()) {
            throw new BackupException(Kind.NOT_FOUND, root + " is no state of a glusterd: it has no glusterd.info")
                    .withHint("restore it first: clusterbackup restore host-state");
        }
        var broken = state.broken().values().stream().findFirst();
        if (broken.isPresent()) {
            throw broken.get();
        }
    }

    /** A link would be read here and something else be written. */
    private static void requireNoLinks(Path root, List<Path> files) throws BackupException {
        for (var file : files) {
            if (Files.isSymbolicLink(root.resolve(file)) && !StateTree.isForeign(file)) {
                throw new BackupException(
                        Kind.SOURCE_INCOMPLETE, "glusterd's state has a symbolic link: " + root.resolve(file));
            }
        }
    }

    private String peer(String key, String value) {
        return PEER_NAME.matcher(key).matches() ? host(value) : value;
    }

    private String host(String old) {
        var now = names.host(old);
        servers.put(old, now);
        return now;
    }

    private void volume(Path folder) throws BackupException {
        var bricks = new HashMap<String, String>();
        for (var file : StateTree.files(root, folder.resolve("bricks"))) {
            bricks.put(String.valueOf(file.getFileName()), brick(file));
        }
        edit(folder.resolve("info"), folder.resolve("info"), (key, value) -> {
            if (BRICK.matcher(key).matches()) {
                var now = bricks.get(value);
                if (now == null) {
                    throw incomplete("names a brick without a file in bricks/, " + value, folder.resolve("info"));
                }
                return now;
            }
            return LISTS.contains(key) ? names.rewrite(value) : value;
        });
    }

    /** @return the brick's new name, which is its file's */
    private String brick(Path file) throws BackupException {
        var brick = StateFile.read(root.resolve(file));
        var host = brick.text("hostname");
        var path = brick.text("path");
        if (!String.valueOf(file.getFileName()).equals(name(host, path))) {
            throw incomplete("is of " + name(host, path), file);
        }
        var now = host(host);
        var nowAt = names.path(host, path);
        var name = name(now, nowAt);
        if (!places.add(now + ":" + nowAt)) {
            throw new BackupException(Kind.USAGE, "two bricks would be " + now + ":" + nowAt);
        }
        edit(file, file.resolveSibling(name), (key, value) -> switch (key) {
            case "hostname" -> now;
            case "path" -> nowAt;
            case "real_path" -> realPath(host, path, nowAt, value);
            case "mount_dir" -> mountDir(file, path, nowAt, value);
            case PORT -> "0";
            // brick-fsid, too: with 0 glusterd takes bricks that are not mounted yet for one file system, and df shows
            // half of it.
            default -> value;
        });
        return name;
    }

    /** As glusterd spells a brick in {@code info} and as a file's name. */
    private static String name(String host, String path) {
        return host + ":" + path.replace('/', '-');
    }

    /** Where no rule says where the links of the old path led, the new path is taken to have none. */
    private String realPath(String host, String path, String nowAt, String value) {
        var moved = names.path(host, value);
        return value.isBlank() || nowAt.equals(path) || !moved.equals(value) ? moved : nowAt;
    }

    /** What of the path is below the mount point. */
    private String mountDir(Path file, String path, String nowAt, String value) {
        if (value.equals(path)) {
            return nowAt;
        }
        if (!nowAt.endsWith(value)) {
            remarks.add(file + ": mount_dir=" + value + " stays, and is no end of " + nowAt
                    + "; only snapshots of volumes use it");
        }
        return value;
    }

    private void edit(Path file, Path to, Values values) throws BackupException {
        StateFile.read(root.resolve(file));
        var lines = text(file).split("\n", -1);
        var changed = false;
        for (var i = 0; i < lines.length; i++) {
            var equals = lines[i].indexOf('=');
            if (equals > 0) {
                var key = lines[i].substring(0, equals);
                var now = key + "=" + values.of(key, lines[i].substring(equals + 1));
                if (!now.equals(lines[i])) {
                    changes.add(new Change.Line(file, i + 1, lines[i], now));
                    renames |= !key.equals(PORT);
                    lines[i] = now;
                    changed = true;
                }
            }
        }
        if (!to.equals(file)) {
            changes.add(new Change.Renamed(file, to));
        }
        if (changed || !to.equals(file)) {
            rewritten.put(file, new Rewritten(to, String.join("\n", lines)));
        }
    }

    private String text(Path file) throws BackupException {
        try {
            var bytes = Files.readAllBytes(root.resolve(file));
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw incomplete("is not UTF-8", file);
        } catch (IOException e) {
            throw incomplete("cannot be read: " + e, file);
        }
    }

    private BackupException incomplete(String what, Path file) {
        return new BackupException(Kind.SOURCE_INCOMPLETE, "glusterd's state file " + what + ": " + root.resolve(file));
    }

    private void requireDifferentServers() throws BackupException {
        var old = new HashMap<String, String>();
        for (var server : servers.entrySet()) {
            var other = old.put(server.getValue(), server.getKey());
            if (other != null) {
                throw new BackupException(
                        Kind.USAGE,
                        "both " + other + " and " + server.getKey() + " would be called " + server.getValue());
            }
        }
    }

    /** In order of the files; those that only forget a port are among them. */
    public List<Change> changes() {
        return List.copyOf(changes);
    }

    /** Whether an old name stands in it at all. */
    public boolean renames() {
        return renames;
    }

    /** Servers that keep their names. */
    public List<String> kept() {
        var chosen = names.newHosts();
        return servers.entrySet().stream()
                .filter(server -> server.getKey().equals(server.getValue()) && !chosen.contains(server.getKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    Path root() {
        return root;
    }

    NewNames names() {
        return names;
    }

    Map<Path, Rewritten> rewritten() {
        return Map.copyOf(rewritten);
    }

    Set<Path> deleted() {
        var deleted = new TreeSet<Path>();
        for (var change : changes) {
            if (change instanceof Change.Deleted gone) {
                deleted.add(gone.file());
            }
        }
        return deleted;
    }
}
