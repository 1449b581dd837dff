package org.clusterbackup.repository.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHFsyncExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
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

    private static final int FOLDER_ATTEMPTS = 10;
    /** So many that the command line stays short and the answer comes soon. */
    private static final int DIGESTS_AT_ONCE = 64;

    private final SshConnection connection;
    private final RemoteDigests remoteDigests;
    private final String location;
    private final String root;

    SftpStore(StoreUrl.Sftp url, StoreOptions options) {
        this.connection = new SshConnection(url, options);
        this.root = url.path();
        this.remoteDigests = new RemoteDigests(connection, root);
        this.location = "sftp://" + url.user().map(user -> user + "@").orElse("") + connection.host() + root;
    }

    /** Makes the root folder and those above it, as far as they are missing. */
    void makeRoot() throws BackupException {
        call("make", ".", sftp -> {
            var path = new StringBuilder();
            for (var segment : root.substring(1).split("/", -1)) {
                makeFolder(sftp, path.append('/').append(segment).toString());
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
            if (lstat(sftp, path).isPresent()) {
                return requireEqual(sftp, name, body);
            }
            var temporary = write(sftp, name, body);
            try {
                sftp.rename(temporary, path);
            } catch (IOException e) {
                remove(sftp, temporary);
                if (SftpFailures.isPlainFailure(e) && lstat(sftp, path).isPresent()) {
                    return requireEqual(sftp, name, body);
                }
                throw e;
            }
            syncFolder(sftp, folder(name));
            return new Stored(false, false);
        });
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        var path = path(name);
        call("replace", name, sftp -> {
            var temporary = write(sftp, name, body);
            try {
                moveOver(sftp, temporary, path);
            } catch (IOException e) {
                remove(sftp, temporary);
                throw e;
            }
            syncFolder(sftp, folder(name));
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
            var found = lstat(sftp, path);
            if (found.isEmpty()) {
                requireRoot(sftp);
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
                requireRoot(sftp);
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
        if (kind == Kind.NOT_FOUND && isRootMissing(sftp)) {
            return SftpFailures.missingRoot(location, e);
        }
        var text = kind == Kind.NO_SPACE ? "no space left" : e.getMessage();
        return new BackupException(kind, what + ": " + text, e);
    }

    private boolean isRootMissing(SftpClient sftp) {
        try {
            sftp.stat(root);
            return false;
        } catch (IOException e) {
            return SftpFailures.isAbsent(e);
        }
    }

    private void requireRoot(SftpClient sftp) throws IOException, BackupException {
        try {
            sftp.stat(root);
        } catch (IOException e) {
            if (SftpFailures.isAbsent(e)) {
                throw SftpFailures.missingRoot(location, e);
            }
            throw e;
        }
    }

    private String path(String name) throws BackupException {
        return root + "/" + ObjectNames.require(name);
    }

    private String folder(String name) {
        var folder = ObjectNames.folderOf(name);
        return folder.isEmpty() ? root : root + "/" + folder;
    }

    private static Optional<SftpClient.Attributes> lstat(SftpClient sftp, String path) throws IOException {
        try {
            return Optional.of(sftp.lstat(path));
        } catch (IOException e) {
            // OpenSSH gives no reason of its own for a path below a file.
            if (SftpFailures.isAbsent(e) || SftpFailures.isPlainFailure(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void walk(String folder, Consumer<ObjectInfo> each) throws BackupException {
        call("list", folder.isEmpty() ? "everything" : folder, sftp -> {
            requireRoot(sftp);
            new SftpWalk(sftp, root, each).walk(folder);
            return Optional.empty();
        });
    }

    /** Writes a synced temporary file beside the name and returns its path. */
    private String write(AbstractSftpClient sftp, String name, Body body) throws IOException, BackupException {
        var folder = folder(name);
        var temporary = folder + "/" + TemporaryName.next();
        try (var handle = openIn(sftp, folder, temporary);
                var in = ExactBody.open(body)) {
            try (var out = new SftpOutputStreamAsync(sftp, MESSAGE_BYTES, temporary, handle, false)) {
                in.transferTo(out);
            }
            sync(sftp, handle);
            return temporary;
        } catch (IOException e) {
            // First the reason, then the room: a full disk shows only while the file is there.
            var reason = failure("store " + name + " at " + location, sftp, e, body.length());
            remove(sftp, temporary);
            throw reason;
        } catch (BackupException e) {
            remove(sftp, temporary);
            throw e;
        }
    }

    private SftpClient.CloseableHandle openIn(SftpClient sftp, String folder, String temporary)
            throws IOException, BackupException {
        for (var attempt = 1; ; attempt++) {
            try {
                return sftp.open(temporary, OpenMode.Write, OpenMode.Create, OpenMode.Exclusive);
            } catch (IOException e) {
                if (!SftpFailures.isAbsent(e) || attempt == FOLDER_ATTEMPTS) {
                    throw e;
                }
                requireRoot(sftp);
            }
            try {
                makeFolders(sftp, folder);
            } catch (IOException e) {
                // The folder above may go as empty before this one is made: then the next attempt makes both.
                if (!SftpFailures.isAbsent(e)) {
                    throw e;
                }
            }
        }
    }

    private void makeFolders(SftpClient sftp, String folder) throws IOException {
        if (folder.length() <= root.length()) {
            return;
        }
        try {
            makeFolder(sftp, folder);
        } catch (IOException e) {
            if (!SftpFailures.isAbsent(e)) {
                throw e;
            }
            makeFolders(sftp, above(folder));
            makeFolder(sftp, folder);
        }
    }

    private void makeFolder(SftpClient sftp, String folder) throws IOException {
        try {
            sftp.mkdir(folder);
        } catch (IOException e) {
            if (SftpFailures.isPlainFailure(e)
                    && lstat(sftp, folder)
                            .filter(found -> !found.isRegularFile())
                            .isPresent()) {
                return;
            }
            throw e;
        }
        syncFolder(sftp, above(folder));
    }

    private static String above(String folder) {
        var slash = folder.lastIndexOf('/');
        return slash <= 0 ? "/" : folder.substring(0, slash);
    }

    private static void sync(SftpClient sftp, SftpClient.Handle handle) throws IOException {
        var fsync = sftp.getExtension(OpenSSHFsyncExtension.class);
        if (fsync != null && fsync.isSupported()) {
            fsync.fsync(handle);
        }
    }

    /** A folder can be synced as a file at OpenSSH; a server that does not open one has no other way. */
    private static void syncFolder(SftpClient sftp, String folder) throws IOException {
        try (var handle = sftp.open(folder, OpenMode.Read)) {
            sync(sftp, handle);
        } catch (SftpException e) {
            // As durable as that server can say.
        }
    }

    private static void moveOver(SftpClient sftp, String temporary, String path) throws IOException {
        var posixRename = sftp.getExtension(OpenSSHPosixRenameExtension.class);
        if (posixRename == null || !posixRename.isSupported()) {
            throw new SftpException(
                    SftpConstants.SSH_FX_OP_UNSUPPORTED, "the server cannot replace a file in one step (posix-rename)");
        }
        posixRename.posixRename(temporary, path);
    }

    private Stored requireEqual(SftpClient sftp, String name, Body body) throws IOException, BackupException {
        var size = sftp.lstat(root + "/" + name).getSize();
        if (size != body.length() || !digests(List.of(name)).getFirst().equals(Optional.of(body.sha256()))) {
            throw new BackupException(
                    Kind.DAMAGED, "store " + name + " at " + location + ": an object of that name holds other bytes");
        }
        // Whoever wrote it may have been killed before the folder was synced.
        syncFolder(sftp, folder(name));
        return new Stored(true, true);
    }

    private Optional<Sha256> readBack(String name) throws BackupException {
        try (var in = open(name)) {
            return Optional.of(Sha256.of(in));
        } catch (BackupException e) {
            if (e.kind() == Kind.NOT_FOUND) {
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
                var left = lstat(sftp, root + "/" + name);
                if (left.isEmpty() || left.get().isDirectory()) {
                    return Optional.empty();
                }
                throw e;
            }
            removeEmptyFolders(sftp, folder(name));
            return Optional.empty();
        });
    }

    private void removeEmptyFolders(SftpClient sftp, String folder) throws IOException {
        try {
            for (var at = folder; at.length() > root.length(); at = above(at)) {
                sftp.rmdir(at);
            }
        } catch (SftpException e) {
            // Not empty: this is where it ends.
        }
    }

    /** What cannot be removed now is swept later. */
    private static void remove(SftpClient sftp, String temporary) {
        try {
            sftp.remove(temporary);
        } catch (IOException e) {
            // The connection is gone, or it never existed.
        }
    }
}
