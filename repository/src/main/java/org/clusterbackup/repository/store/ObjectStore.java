package org.clusterbackup.repository.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/**
 * Objects by name at one place: a directory, an SFTP server, an S3 bucket. Names are relative, joined by {@code /}, of
 * the bytes that {@code SourceName} allows. Every method may be called from any thread. Failures are
 * {@link BackupException}s: {@code NOT_FOUND}, {@code UNREACHABLE} (connection refused, cut or timed out; worth a
 * retry), {@code NO_SPACE}, {@code NOT_PERMITTED} (credential or host key refused, no right), {@code DAMAGED} (an
 * object of that name holds other bytes), {@code FAILED}. The message names the object and the place.
 */
public interface ObjectStore extends AutoCloseable {

    /** The place as an operator would write it, without secrets. */
    String location();

    /**
     * Publishes an object that must not change any more. A reader sees the whole object or none, also after a kill of
     * either side; on return it is durable as far as the store can say. Names that hold equal bytes already are left
     * alone.
     *
     * @throws BackupException {@code DAMAGED} if an object of that name has other bytes: it stays as it is
     */
    Stored create(String name, Body body) throws BackupException;

    /** As {@link #create}, but takes the place of an object of that name: a reader sees the old or the new one, whole. */
    void replace(String name, Body body) throws BackupException;

    /** The object's bytes; the caller closes it. What is no regular file is {@code DAMAGED}. A connection that breaks shows as an IOException, never as an end. */
    InputStream open(String name) throws BackupException;

    /** {@code length} bytes from {@code offset}; fewer only if the object ends before. The caller closes it. */
    InputStream open(String name, long offset, long length) throws BackupException;

    /** What it means that a stream of {@link #open} broke: {@code UNREACHABLE}, or what kept it from going on. */
    default BackupException broken(String name, IOException e) {
        var kind = e.getCause() instanceof BackupException known ? known.kind() : Kind.UNREACHABLE;
        return new BackupException(kind, "cannot read " + name + " at " + location() + ": " + e.getMessage(), e);
    }

    Optional<ObjectInfo> stat(String name) throws BackupException;

    /**
     * Every object whose name begins with {@code folder + "/"}, at any depth ({@code ""} is the whole store), in no
     * order, in bounded memory. Unfinished uploads are not objects. A folder that is not there has none.
     */
    void list(String folder, Consumer<ObjectInfo> each) throws BackupException;

    /**
     * The names right below {@code folder}, without the folder: objects and folders ({@code trailing /}) alike, in no
     * order.
     */
    List<String> children(String folder) throws BackupException;

    /**
     * The SHA-256 of each object as the far side holds it now, in the order asked: computed there where that is
     * possible (SSH with exec), otherwise by reading every byte back. One that is absent, or no regular file, is empty.
     */
    List<Optional<Sha256>> digests(List<String> names) throws BackupException;

    /** Whether {@link #digests} costs no transfer of the objects' bytes. */
    boolean digestsAtFarSide();

    /** What can still be stored there by whoever writes here; empty where the far side does not tell. */
    default OptionalLong freeBytes() throws BackupException {
        return OptionalLong.empty();
    }

    /** After this the object is absent; one that was absent before is no error. */
    void delete(String name) throws BackupException;

    /**
     * What an upload that never finished left behind: temporary names, multipart uploads; with the store's clock.
     * Names are as {@link #deleteUnfinished} takes them.
     */
    void listUnfinished(Consumer<ObjectInfo> each) throws BackupException;

    void deleteUnfinished(String name) throws BackupException;

    @Override
    void close();
}
