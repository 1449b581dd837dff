package org.clusterbackup.repository.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.apache.sshd.sftp.client.impl.SftpInputStreamAsync;
import org.apache.sshd.sftp.client.impl.SftpOutputStreamAsync;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/**
 * Objects as files of an SFTP server, below a folder that exists already. As in {@link DirectoryStore}: temporary name,
 * sync, rename that replaces nothing, sync of the folder; the syncs where the server has OpenSSH's extension.
 */
final class SftpStore implements ObjectStore {
    /** The most that OpenSSH takes or gives at once. */
    private static final int MESSAGE_BYTES = 255 << 10;

    /** So many that the command line stays short and the answer comes soon. */
    private static final int DIGESTS_AT_ONCE = 64;

    private final SshConnection connection;
    private final RemoteDigests remoteDigests;
    private final String location;
    private final String root;
    private final SftpFiles files;

    SftpStore(StoreUrl.Sftp url, StoreOptions options) {
        this.connection = new SshConnection(url, options);
        this.root = url.path();
        this.remoteDigests = new RemoteDigests(connection, root);
        this.location = "sftp://" + url.user().map(user -> user + "@").orElse("") + connection.host() + root;
        this.files = new SftpFiles(root, location);
    }

    /** Makes the root folder and those above it, as far as they are missing. */
    void makeRoot() throws BackupException {
        call("make", ".", sftp -> {
            var path = new StringBuilder();
            for (var segment : root.substring(1).split("/", -1)) {
                files.makeFolder(sftp, path.append('/').append(segment).toString());
            }
            return Optional.empty();
        });
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        var path = path(name);
        return call("store", name, sftp -> {
            if (SftpFiles.lstat(sftp, path).isPresent()) {
                return requireEqual(sftp, name, body);
            }
            var temporary = write(sftp, name, body);
            try {
                sftp.rename(temporary, path);
            } catch (IOException e) {
                SftpFiles.remove(sftp, temporary);
                if (SftpFailures.isPlainFailure(e)
                        && SftpFiles.lstat(sftp, path).isPresent()) {
                    return requireEqual(sftp, name, body);
                }
                throw e;
            }
            SftpFiles.syncFolder(sftp, folder(name));
            return new Stored(false, false);
        });
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        var path = path(name);
        call("replace", name, sftp -> {
            var temporary = write(sftp, name, body);
            try {
                SftpFiles.moveOver(sftp, temporary, path);
            } catch (IOException e) {
                SftpFiles.remove(sftp, temporary);
                throw e;
            }
            SftpFiles.syncFolder(sftp, folder(name));
            return Optional.empty();
        });
    }

    @Override
    public InputStream open(String name) throws BackupException {
        return open(name, 0, Long.MAX_VALUE);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws BackupException {
        var path = path(name);
        return call("read", name, sftp -> {
            var attributes = sftp.lstat(path);
            if (attributes.isDirectory()) {
                throw new SftpException(SftpConstants.SSH_FX_NO_SUCH_FILE, "a folder");
            }
            if (!attributes.isRegularFile()) {
                // A pipe or a device may never end.
                throw new BackupException(Kind.DAMAGED, name + " at " + location + " is no regular file");
            }
            var end = Math.min(attributes.getSize(), offset + Math.min(length, Long.MAX_VALUE - offset));
            if (end <= offset) {
                return InputStream.nullInputStream();
            }
            var handle = sftp.open(path, OpenMode.Read);
            return new BoundedInputStream(new Reading(sftp, offset, end, path, handle), end - offset);
        });
    }

    @Override
    public Optional<ObjectInfo> stat(String name) throws BackupException {
        var path = path(name);
        return call("look at", name, sftp -> {
            var found = SftpFiles.lstat(sftp, path);
            if (found.isEmpty()) {
                files.requireRoot(sftp);
            }
            return found.filter(attributes -> !attributes.isDirectory())
                    .map(attributes -> SftpWalk.info(name, attributes));
        });
    }

    @Override
    public void list(String folder, Consumer<ObjectInfo> each) throws BackupException {
        walk(ObjectNames.requireFolder(folder), info -> {
            if (!ObjectNames.isUnfinished(info.name())) {
                each.accept(info);
            }
        });
    }

    @Override
    public List<String> children(String folder) throws BackupException {
        ObjectNames.requireFolder(folder);
        return call("list", folder, sftp -> {
            var names = new ArrayList<String>();
            try {
                SftpWalk.entries(sftp, root, folder, entry -> {
                    if (!ObjectNames.isUnfinished(entry.getFilename())) {
                        names.add(entry.getFilename() + (entry.getAttributes().isDirectory() ? "/" : ""));
                    }
                });
            } catch (IOException e) {
                if (!SftpFailures.isAbsent(e)) {
                    throw e;
                }
                files.requireRoot(sftp);
            }
            return names;
        });
    }

    @Override
    public List<Optional<Sha256>> digests(List<String> names) throws BackupException {
        for (var name : names) {
            ObjectNames.require(name);
        }
        var digests = new ArrayList<Optional<Sha256>>(names.size());
        for (var from = 0; from < names.size(); from += DIGESTS_AT_ONCE) {
            var some = names.subList(from, Math.min(names.size(), from + DIGESTS_AT_ONCE));
            if (remoteDigests.available()) {
                var known = remoteDigests.of(some);
                for (var name : some) {
                    // What the program could not read is absent, or is read here to learn why.
                    digests.add(known.containsKey(name) ? Optional.of(known.get(name)) : readBack(name));
                }
            } else {
                for (var name : some) {
                    digests.add(readBack(name));
                }
            }
        }
        return digests;
    }

    @Override
    public boolean digestsAtFarSide() {
        try {
            return remoteDigests.available();
        } catch (BackupException e) {
            // Nobody is there to compute one now.
            return false;
        }
    }

    @Override
    public OptionalLong freeBytes() throws BackupException {
        return call("look for free space at", ".", sftp -> SftpFailures.free(sftp, root));
    }

    @Override
    public void delete(String name) throws BackupException {
        ObjectNames.require(name);
        removeObject(name);
    }

    @Override
    public void listUnfinished(Consumer<ObjectInfo> each) throws BackupException {
        walk("", info -> {
            if (ObjectNames.isUnfinished(info.name())) {
                each.accept(info);
            }
        });
    }

    @Override
    public void deleteUnfinished(String name) throws BackupException {
        ObjectNames.requireUnfinished(name);
        removeObject(name);
    }

    @Override
    public void close() {
        connection.close();
    }

    private static final class Reading extends SftpInputStreamAsync {
        Reading(AbstractSftpClient sftp, long offset, long end, String path, SftpClient.CloseableHandle handle) {
            super(sftp, MESSAGE_BYTES, offset, end, path, handle);
        }

        @Override
        public void close() {
            try {
                super.close();
            } catch (IOException e) {
                // The connection broke: whoever read was told, and whoever did not need the rest need not know.
            }
        }
    }

    @FunctionalInterface
    private interface SftpCall<T> {
        T run(AbstractSftpClient sftp) throws IOException, BackupException;
    }

    private <T> T call(String verb, String name, SftpCall<T> call) throws BackupException {
        var sftp = connection.sftp();
        try {
            return call.run(sftp);
        } catch (IOException e) {
            throw afterFailure(sftp, failure(verb + " " + name + " at " + location, sftp, e, 0));
        } catch (BackupException e) {
            throw afterFailure(sftp, e);
        }
    }

    private BackupException afterFailure(SftpClient sftp, BackupException e) {
        if (e.kind() == Kind.UNREACHABLE) {
            connection.drop(sftp);
        }
        return e;
    }

    private BackupException failure(String what, SftpClient sftp, IOException e, long needed) {
        if (e instanceof ExactBody.BrokenException) {
            return new BackupException(Kind.FAILED, what + ": " + e.getMessage(), e);
        }
        var kind = sftp.isOpen() ? SftpFailures.kind(e, sftp, root, needed) : Kind.UNREACHABLE;
        if (kind == Kind.NOT_FOUND && files.isRootMissing(sftp)) {
            return SftpFailures.missingRoot(location, e);
        }
        var text = kind == Kind.NO_SPACE ? "no space left" : e.getMessage();
        return new BackupException(kind, what + ": " + text, e);
    }

    private String path(String name) throws BackupException {
        return root + "/" + ObjectNames.require(name);
    }

    private String folder(String name) {
        var folder = ObjectNames.folderOf(name);
        return folder.isEmpty() ? root : root + "/" + folder;
    }

    private void walk(String folder, Consumer<ObjectInfo> each) throws BackupException {
        call("list", folder.isEmpty() ? "everything" : folder, sftp -> {
            files.requireRoot(sftp);
            new SftpWalk(sftp, root, each).walk(folder);
            return Optional.empty();
        });
    }

    /** Writes a synced temporary file beside the name and returns its path. */
    private String write(AbstractSftpClient sftp, String name, Body body) throws IOException, BackupException {
        var folder = folder(name);
        var temporary = folder + "/" + TemporaryName.next();
        try (var handle = files.openIn(sftp, folder, temporary);
                var in = ExactBody.open(body)) {
            try (var out = new SftpOutputStreamAsync(sftp, MESSAGE_BYTES, temporary, handle, false)) {
                in.transferTo(out);
            }
            SftpFiles.sync(sftp, handle);
            return temporary;
        } catch (IOException e) {
            // First the reason, then the room: a full disk shows only while the file is there.
            var reason = failure("store " + name + " at " + location, sftp, e, body.length());
            SftpFiles.remove(sftp, temporary);
            throw reason;
        } catch (BackupException e) {
            SftpFiles.remove(sftp, temporary);
            throw e;
        }
    }

    private Stored requireEqual(SftpClient sftp, String name, Body body) throws IOException, BackupException {
        var size = sftp.lstat(root + "/" + name).getSize();
        if (size != body.length() || !digests(List.of(name)).getFirst().equals(Optional.of(body.sha256()))) {
            throw new BackupException(
                    Kind.DAMAGED, "store " + name + " at " + location + ": an object of that name holds other bytes");
        }
        // Whoever wrote it may have been killed before the folder was synced.
        SftpFiles.syncFolder(sftp, folder(name));
        return new Stored(true, true);
    }

    private Optional<Sha256> readBack(String name) throws BackupException {
        try (var in = open(name)) {
            return Optional.of(Sha256.of(in));
        } catch (BackupException e) {
            if (e.kind() == Kind.NOT_FOUND || e.kind() == Kind.DAMAGED) {
                return Optional.empty();
            }
            throw e;
        } catch (IOException e) {
            throw new BackupException(Kind.UNREACHABLE, "read " + name + " at " + location + ": " + e.getMessage(), e);
        }
    }

    private void removeObject(String name) throws BackupException {
        call("delete", name, sftp -> {
            try {
                sftp.remove(root + "/" + name);
            } catch (IOException e) {
                var left = SftpFiles.lstat(sftp, root + "/" + name);
                if (left.isEmpty() || left.get().isDirectory()) {
                    return Optional.empty();
                }
                throw e;
            }
            files.removeEmptyFolders(sftp, folder(name));
            return Optional.empty();
        });
    }
}
