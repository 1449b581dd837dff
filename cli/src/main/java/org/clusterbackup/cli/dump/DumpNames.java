package org.clusterbackup.cli.dump;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;

/**
 * The names that a dump of xfsdump holds. They stand before the first file's bytes, so a large dump need not be read for them.
 * Memory is used for folders only; the names of files lie in a working file. xfsrestore's own table of contents is no help: it
 * reads everything, leaves out folders, and cannot tell two names from one with a line break.
 */
public final class DumpNames implements AutoCloseable {
    /** Told of each name; characters of paths are bytes. */
    public interface Visitor {
        void name(String path, long inode, boolean folder);
    }

    /** Where a folder hangs; the root of the file system has none of this. */
    private record Place(long parent, String name) {}

    private final Path entries;
    private final long root;
    private final Map<Long, Optional<Place>> folders;

    private DumpNames(Path entries, long root, Map<Long, Optional<Place>> folders) {
        this.entries = entries;
        this.root = root;
        this.folders = folders;
    }

    /**
     * Reads {@code dump} as far as its folders go; the working file lies in {@code spool} until {@link #close}.
     *
     * @throws BackupException {@code UNKNOWN_FORMAT} or {@code DAMAGED} if it is no dump that can be read
     * @throws IOException if {@code dump} ends or fails, or the spool is full
     */
    public static DumpNames read(InputStream dump, Path spool) throws BackupException, IOException {
        var entries = Files.createTempFile(spool, "names-", "");
        try {
            var folders = new HashMap<Long, Optional<Place>>();
            long root;
            try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(entries)))) {
                var reader = DumpFolders.begin(dump);
                root = reader.root();
                reader.each((folder, inode, name) -> {
                    folders.putIfAbsent(folder, Optional.empty());
                    out.writeLong(folder);
                    out.writeLong(inode);
                    out.writeShort(name.length);
                    out.write(name);
                });
                reader.folders().forEach(folder -> folders.putIfAbsent(folder, Optional.empty()));
            }
            var names = new DumpNames(entries, root, folders);
            names.entries((folder, inode, name) -> {
                if (folders.containsKey(inode)) {
                    folders.put(inode, Optional.of(new Place(folder, name)));
                }
            });
            return names;
        } catch (BackupException | IOException | RuntimeException e) {
            Files.deleteIfExists(entries);
            throw e;
        }
    }

    private interface Entry {
        void entry(long folder, long inode, String name);
    }

    private void entries(Entry entry) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(entries)))) {
            for (var left = Files.size(entries); left > 0; ) {
                var folder = in.readLong();
                var inode = in.readLong();
                var name = new byte[in.readUnsignedShort()];
                in.readFully(name);
                entry.entry(folder, inode, new String(name, StandardCharsets.ISO_8859_1));
                left -= 2L * Long.BYTES + Short.BYTES + name.length;
            }
        }
    }

    /**
     * Everything below {@code base}, in no order, with paths relative to it. What lies below a folder that was deleted or moved
     * while the dump ran has no path, and is not told.
     *
     * @param base relative to the root of the file system, empty for the root itself
     */
    public void below(String base, Visitor visitor) throws IOException {
        var known = new HashMap<Long, Optional<String>>();
        var prefix = base.isEmpty() ? "" : base + "/";
        entries((folder, inode, name) -> known.computeIfAbsent(folder, this::path)
                .ifPresent(above -> {
                    var path = above.isEmpty() ? name : above + "/" + name;
                    if (path.startsWith(prefix)) {
                        visitor.name(path.substring(prefix.length()), inode, folders.containsKey(inode));
                    }
                }));
    }

    /** Deeper than any path that the kernel takes is a circle. */
    private Optional<String> path(long folder) {
        var names = new ArrayDeque<String>();
        for (var at = folder; at != root; ) {
            var place = folders.getOrDefault(at, Optional.empty());
            if (place.isEmpty() || names.size() > DumpFolders.DEEPEST) {
                return Optional.empty();
            }
            names.addFirst(place.get().name());
            at = place.get().parent();
        }
        return Optional.of(String.join("/", names));
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(entries);
    }
}
