package org.clusterbackup.gluster;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Reads glusterd's working directory as it is. Stateless; a volume that is added shows at the next call. */
public final class GlusterStateReader {
    private static final int MAX_BRICKS = 100_000;

    private final Path root;

    public GlusterStateReader(Path root) {
        this.root = root;
    }

    /**
     * Reads everything anew. What cannot be read of one volume or peer is in {@link GlusterState#broken}.
     *
     * @throws BackupException only if the server's own UUID or the list of volumes cannot be read
     */
    public GlusterState read() throws BackupException {
        var info = root.resolve("glusterd.info");
        if (!Files.exists(info)) {
            return new GlusterState(root, Optional.empty(), List.of(), List.of(), Map.of());
        }
        var broken = new HashMap<String, BackupException>();
        var server = uuid(StateFile.read(info), "UUID").toString();
        var peers = new ArrayList<Peer>();
        for (var file : children(root.resolve("peers"))) {
            try {
                peers.add(peer(StateFile.read(file)));
            } catch (BackupException e) {
                broken.put("peer " + file.getFileName(), e);
            }
        }
        var hosts = broken.isEmpty() ? Optional.of(serversByHost(peers)) : Optional.<Map<String, String>>empty();
        var volumes = new ArrayList<Volume>();
        for (var folder : children(root.resolve("vols"))) {
            try {
                volumes.add(volume(folder, server, hosts));
            } catch (BackupException e) {
                broken.put("volume " + folder.getFileName(), e);
            }
        }
        return new GlusterState(root, Optional.of(server), volumes, peers, broken);
    }

    private static Map<String, String> serversByHost(List<Peer> peers) {
        var servers = new HashMap<String, String>();
        peers.forEach(peer -> peer.hostnames().forEach(host -> servers.put(host, peer.server())));
        return servers;
    }

    private static Volume volume(Path folder, String own, Optional<Map<String, String>> hosts) throws BackupException {
        var info = StateFile.read(folder.resolve("info"));
        var count = info.number("count");
        if (count == 0 || count > MAX_BRICKS) {
            throw info.bad("has a bad number of bricks: count=" + count);
        }
        var byBrickFile = brickFiles(folder.resolve("bricks"));
        var bricks = new ArrayList<Brick>();
        for (var index = 0; index < count; index++) {
            bricks.add(brick(info, index, byBrickFile, own, hosts));
        }
        var volume = new Volume(
                String.valueOf(folder.getFileName()),
                uuid(info, "volume-id"),
                info.number("type"),
                info.number("status") == 1,
                Math.max(1, info.number("replica_count", 1)),
                info.number("arbiter_count", 0),
                info.number("disperse_count", 0),
                bricks);
        if (count % volume.setSize() != 0 || volume.arbiters() > volume.setSize() - 1) {
            throw info.bad("has " + count + " bricks in sets of " + volume.setSize());
        }
        return volume;
    }

    private static Brick brick(
            StateFile info,
            int index,
            Map<String, StateFile> byBrickFile,
            String own,
            Optional<Map<String, String>> hosts)
            throws BackupException {
        // The value is host:path with every / as -, which is also the brick file's name; only the file has the true
        // path.
        var name = info.text("brick-" + index);
        var file = byBrickFile.get(name);
        if (file == null) {
            throw info.bad("names a brick without a file in bricks/, " + name);
        }
        var path = path(file, "path");
        var realPath = file.isBlank("real_path") ? path : path(file, "real_path"); // older releases write none
        return new Brick(index, server(file, own, hosts), file.text("hostname"), path, realPath);
    }

    private static Path path(StateFile file, String key) throws BackupException {
        var path = Path.of(file.text(key));
        if (!path.isAbsolute()) {
            throw file.bad("has a path that is not absolute");
        }
        return path.normalize();
    }

    /** Older releases write no UUID into a brick's file: then a host that no peer goes by can only be this server. */
    private static String server(StateFile file, String own, Optional<Map<String, String>> hosts)
            throws BackupException {
        if (file.has("uuid")) {
            return uuid(file, "uuid").toString();
        }
        if (hosts.isEmpty()) {
            throw file.bad("has no uuid, and a peer's file that could tell is broken");
        }
        return hosts.get().getOrDefault(file.text("hostname"), own);
    }

    private static Map<String, StateFile> brickFiles(Path folder) throws BackupException {
        var files = new HashMap<String, StateFile>();
        for (var file : children(folder)) {
            files.put(String.valueOf(file.getFileName()), StateFile.read(file));
        }
        return files;
    }

    private static Peer peer(StateFile file) throws BackupException {
        var names = new ArrayList<String>();
        for (var i = 1; file.has("hostname" + i); i++) {
            names.add(file.text("hostname" + i));
        }
        if (names.isEmpty()) {
            throw file.bad("lacks hostname1");
        }
        return new Peer(uuid(file, "uuid").toString(), file.number("state", 0), names);
    }

    private static UUID uuid(StateFile file, String key) throws BackupException {
        var text = file.text(key);
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw file.bad("has a bad UUID: " + key + "=" + text);
        }
    }

    /** In order of name; glusterd's temporary files ({@code .tmp}, hidden) left out. */
    private static List<Path> children(Path folder) throws BackupException {
        var children = new ArrayList<Path>();
        try (var stream = Files.newDirectoryStream(folder)) {
            for (var child : stream) {
                var name = String.valueOf(child.getFileName());
                if (!name.startsWith(".") && !name.endsWith(".tmp")) {
                    children.add(child);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            throw new BackupException(
                    Kind.SOURCE_INCOMPLETE, "glusterd's state cannot be listed: " + folder + ": " + e, e);
        }
        children.sort(null);
        return children;
    }
}
