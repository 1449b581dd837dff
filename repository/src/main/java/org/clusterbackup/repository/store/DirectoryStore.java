package org.clusterbackup.repository.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/**
 * Objects as files below a directory that exists already: a missing one is an unmounted disk, never a reason to make
 * it. An object is written under a temporary name beside its final one, synced, linked to its name, and its folder
 * synced.
 */
public final class DirectoryStore implements ObjectStore {
    private static final int BUFFER_BYTES = 1 << 20;
    /** A folder can be removed as empty by a deletion between its making and its use. */
    private static final int FOLDER_ATTEMPTS = 10;

    private final Path root;

    /** @throws BackupException {@code NO_REPOSITORY} if {@code root} is no directory */
    public DirectoryStore(Path root) throws BackupException {
        this.root = root.toAbsolutePath().normalize();
        requireRoot();
    }

    @Override
    public String location() {
        return root.toString();
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        var path = path(name);
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return requireEqual(name, path, body);
            }
            var temporary = write(path, body);
            try {
                if (!publishNew(temporary, path)) {
                    return requireEqual(name, path, body);
                }
            } finally {
                Files.deleteIfExists(temporary);
            }
            sync(folderOf(path));
            return new Stored(false, false);
        } catch (IOException e) {
            throw FileFailures.of("store", name, root, e);
        }
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        var path = path(name);
        try {
            var temporary = write(path, body);
            try {
                Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
            sync(folderOf(path));
        } catch (IOException e) {
            throw FileFailures.of("replace", name, root, e);
        }
    }

    @Override
    public InputStream open(String name) throws BackupException {
        return open(name, 0, Long.MAX_VALUE);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws BackupException {
        var path = path(name);
        try {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new NoSuchFileException(name);
            }
            if (!attributes(path).isRegularFile()) {
                // A pipe or a device may never end.
                throw new BackupException(Kind.DAMAGED, name + " in " + root + " is no regular file");
            }
            var channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            channel.position(offset);
            return new BoundedInputStream(Channels.newInputStream(channel), length);
        } catch (IOException e) {
            throw FileFailures.of("read", name, root, e);
        }
    }

    @Override
    public Optional<ObjectInfo> stat(String name) throws BackupException {
        try {
            var attributes = attributes(path(name));
            return attributes.isDirectory() ? Optional.empty() : Optional.of(info(name, attributes));
        } catch (IOException e) {
            return absent(FileFailures.of("look at", name, root, e));
        }
    }

    @Override
    public void list(String folder, Consumer<ObjectInfo> each) throws BackupException {
        var top = folder.isEmpty() ? root : path(folder);
        walk(top, info -> {
            if (!ObjectNames.isUnfinished(info.name())) {
                each.accept(info);
            }
        });
    }

    @Override
    public List<String> children(String folder) throws BackupException {
        var top = folder.isEmpty() ? root : path(folder);
        requireRoot();
        var names = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(top, entry -> !DirectoryWalk.isLostAndFound(root, entry))) {
            for (var entry : entries) {
                var name = String.valueOf(entry.getFileName());
                if (!ObjectNames.isUnfinished(name)) {
                    names.add(Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? name + "/" : name);
                }
            }
            return names;
        } catch (NotDirectoryException | NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw FileFailures.of("list", folder, root, new IOException(e.getCause()));
        } catch (IOException e) {
            throw FileFailures.of("list", folder, root, e);
        }
    }

    @Override
    public List<Optional<Sha256>> digests(List<String> names) throws BackupException {
        var digests = new ArrayList<Optional<Sha256>>(names.size());
        for (var name : names) {
            digests.add(digest(name));
        }
        return digests;
    }

    @Override
    public boolean digestsAtFarSide() {
        return true;
    }

    @Override
    public OptionalLong freeBytes() throws BackupException {
        try {
            return OptionalLong.of(Files.getFileStore(root).getUsableSpace());
        } catch (IOException e) {
            throw FileFailures.of("look for free space at", ".", root, e);
        }
    }

    @Override
    public void delete(String name) throws BackupException {
        remove(name, path(name));
    }

    @Override
    public void listUnfinished(Consumer<ObjectInfo> each) throws BackupException {
        walk(root, info -> {
            if (ObjectNames.isUnfinished(info.name())) {
                each.accept(info);
            }
        });
    }

    @Override
    public void deleteUnfinished(String name) throws BackupException {
        remove(name, root.resolve(ObjectNames.requireUnfinished(name)));
    }

    @Override
    public void close() {}

    private void requireRoot() throws BackupException {
        if (!Files.isDirectory(root)) {
            throw FileFailures.missingRoot(root, new NoSuchFileException(root.toString()));
        }
    }

    private Path path(String name) throws BackupException {
        return root.resolve(ObjectNames.require(name));
    }

    private static Path folderOf(Path below) {
        return Objects.requireNonNull(below.getParent(), "a path below the root has a folder");
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static ObjectInfo info(String name, BasicFileAttributes attributes) {
        return new ObjectInfo(
                name, attributes.size(), attributes.lastModifiedTime().toInstant());
    }

    private void walk(Path top, Consumer<ObjectInfo> each) throws BackupException {
        requireRoot();
        try {
            if (!Files.isDirectory(top)) {
                return;
            }
            Files.walkFileTree(
                    top,
                    new DirectoryWalk(
                            root,
                            (file, attributes) ->
                                    each.accept(info(root.relativize(file).toString(), attributes))));
        } catch (IOException e) {
            throw FileFailures.of("list", String.valueOf(top), root, e);
        }
    }

    /** Writes a synced temporary file beside {@code path}. */
    private Path write(Path path, Body body) throws IOException, BackupException {
        var temporary = path.resolveSibling(TemporaryName.next());
        try (var channel = createIn(folderOf(path), temporary);
                var in = ExactBody.open(body)) {
            copy(in, channel, body.length());
            channel.force(true);
            return temporary;
        } catch (IOException | BackupException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    private FileChannel createIn(Path folder, Path temporary) throws IOException, BackupException {
        for (var attempt = 1; ; attempt++) {
            try {
                return FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
            } catch (NoSuchFileException e) {
                if (attempt == FOLDER_ATTEMPTS) {
                    throw e;
                }
                requireRoot();
            }
            try {
                makeFolder(folder);
            } catch (NoSuchFileException e) {
                // The folder above went as empty before this one was made: the next attempt makes both.
            }
        }
    }

    private void makeFolder(Path folder) throws IOException {
        if (folder.equals(root) || Files.isDirectory(folder)) {
            return;
        }
        makeFolder(folderOf(folder));
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            return;
        }
        sync(folderOf(folder));
    }

    private static void copy(InputStream in, FileChannel out, long length) throws IOException {
        var buffer = new byte[Math.clamp(length + 1, 1, BUFFER_BYTES)];
        for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            for (var bytes = ByteBuffer.wrap(buffer, 0, n); bytes.hasRemaining(); ) {
                out.write(bytes);
            }
        }
    }

    /** Returns false if the name is taken. */
    private static boolean publishNew(Path temporary, Path path) throws IOException {
        try {
            Files.createLink(path, temporary);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // Some network file systems have no hard links. Another writer who comes between the look and the move
            // brings the same bytes, as such names are digests.
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
    }

    private Stored requireEqual(String name, Path path, Body body) throws IOException, BackupException {
        if (attributes(path).size() != body.length()
                || !digest(name).filter(body.sha256()::equals).isPresent()) {
            throw new BackupException(
                    Kind.DAMAGED, "store " + name + " in " + root + ": an object of that name holds other bytes");
        }
        // Whoever wrote it may have been killed before the folder was synced.
        sync(folderOf(path));
        return new Stored(true, true);
    }

    private Optional<Sha256> digest(String name) throws BackupException {
        try (var in = open(name)) {
            return Optional.of(Sha256.of(in));
        } catch (BackupException e) {
            return e.kind() == Kind.DAMAGED ? Optional.empty() : absent(e);
        } catch (IOException e) {
            throw FileFailures.of("read", name, root, e);
        }
    }

    private static <T> Optional<T> absent(BackupException e) throws BackupException {
        if (e.kind() == Kind.NOT_FOUND) {
            return Optional.empty();
        }
        throw e;
    }

    private void remove(String name, Path path) throws BackupException {
        try {
            if (attributes(path).isDirectory()) {
                return;
            }
            Files.deleteIfExists(path);
            sync(removeEmptyFolders(folderOf(path)));
        } catch (IOException e) {
            absent(FileFailures.of("delete", name, root, e));
        }
    }

    /** Returns the first folder that stays. */
    private Path removeEmptyFolders(Path folder) {
        try {
            for (var at = folder; !at.equals(root); at = folderOf(at)) {
                Files.deleteIfExists(at);
                folder = folderOf(at);
            }
        } catch (IOException e) {
            // Not empty: this is where it ends.
        }
        return folder;
    }

    private static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            // Removed as empty since: there is nothing to make durable.
        }
    }
}
