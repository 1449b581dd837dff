package org.clusterbackup.repository.store;

import io.minio.GetObjectArgs;
import io.minio.ListObjectsV2Args;
import io.minio.RemoveObjectArgs;
import io.minio.StatObjectArgs;
import io.minio.messages.Item;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/**
 * Objects of an S3 bucket. An upload is one put that carries its SHA-256, which the server checks, and that replaces
 * nothing; a body too large for one put goes in parts.
 */
final class S3Store implements ObjectStore {
    /** AWS takes 5 GiB in one put; a broken one begins anew, so far less. */
    private static final long MAX_PUT_BYTES = 1L << 30;

    private static final long PART_BYTES = 256L << 20;
    private static final int DIGESTS_AT_ONCE = 4;
    /** Between the name and the id of an upload in parts; no object's name has it. */
    private static final char UPLOAD = '#';

    private final S3Bucket bucket;
    private final S3Upload upload;
    private final long maxPutBytes;

    S3Store(StoreUrl.S3 url, StoreOptions options) throws BackupException {
        this(url, options, MAX_PUT_BYTES, PART_BYTES);
    }

    S3Store(StoreUrl.S3 url, StoreOptions options, long maxPutBytes, long partBytes) throws BackupException {
        this.bucket = new S3Bucket(url, options);
        this.upload = new S3Upload(bucket, partBytes);
        this.maxPutBytes = maxPutBytes;
    }

    /** Makes the bucket if it is missing. */
    void makeBucket() throws BackupException {
        bucket.make();
    }

    @Override
    public String location() {
        return bucket.location();
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        ObjectNames.require(name);
        var found = stat(name);
        if (found.isPresent()) {
            return requireEqual(name, body);
        }
        if (body.length() > maxPutBytes) {
            upload.putInParts(name, body);
            return new Stored(false, false);
        }
        try {
            return new Stored(false, upload.put(name, body, true));
        } catch (BackupException e) {
            if (S3Failures.status(e.getCause() == null ? e : e.getCause()) == 412) {
                return requireEqual(name, body);
            }
            throw e;
        }
    }

    @Override
    public void replace(String name, Body body) throws BackupException {
        ObjectNames.require(name);
        if (body.length() > maxPutBytes) {
            upload.putInParts(name, body);
        } else {
            upload.put(name, body, false);
        }
    }

    @Override
    public InputStream open(String name) throws BackupException {
        ObjectNames.require(name);
        return bucket.call(
                "read",
                name,
                s3 -> s3.getObject(GetObjectArgs.builder()
                        .bucket(bucket.name())
                        .object(bucket.key(name))
                        .build()));
    }

    @Override
    public InputStream open(String name, long offset, long length) throws BackupException {
        ObjectNames.require(name);
        if (length == 0) {
            return stat(name)
                    .map(found -> InputStream.nullInputStream())
                    .orElseThrow(() -> new BackupException(
                            Kind.NOT_FOUND, "read " + name + " at " + location() + ": there is no such object"));
        }
        var range = GetObjectArgs.builder()
                .bucket(bucket.name())
                .object(bucket.key(name))
                .offset(offset);
        if (length < Long.MAX_VALUE - offset) {
            range.length(length);
        }
        try {
            return bucket.call("read", name, s3 -> s3.getObject(range.build()));
        } catch (BackupException e) {
            if (e.getCause() != null && S3Failures.status(e.getCause()) == 416) {
                return InputStream.nullInputStream();
            }
            throw e;
        }
    }

    @Override
    public Optional<ObjectInfo> stat(String name) throws BackupException {
        ObjectNames.require(name);
        try {
            var found = bucket.call(
                    "look at",
                    name,
                    s3 -> s3.statObject(StatObjectArgs.builder()
                            .bucket(bucket.name())
                            .object(bucket.key(name))
                            .build()));
            return Optional.of(
                    new ObjectInfo(name, found.size(), found.lastModified().toInstant()));
        } catch (BackupException e) {
            return absent(e);
        }
    }

    @Override
    public void list(String folder, Consumer<ObjectInfo> each) throws BackupException {
        eachItem(folder, "", item -> {
            if (!item.objectName().endsWith("/")) {
                var name = item.objectName().substring(bucket.prefix("").length());
                each.accept(
                        new ObjectInfo(name, item.size(), item.lastModified().toInstant()));
            }
        });
    }

    @Override
    public List<String> children(String folder) throws BackupException {
        var below = bucket.prefix(ObjectNames.requireFolder(folder));
        var names = new ArrayList<String>();
        eachItem(folder, "/", item -> {
            var name = item.objectName().substring(below.length());
            if (!name.isEmpty()) {
                names.add(name);
            }
        });
        return names;
    }

    /** Page by page: the SDK's iterator throws something unchecked when a connection breaks. */
    private void eachItem(String folder, String delimiter, Consumer<Item> each) throws BackupException {
        var below = bucket.prefix(ObjectNames.requireFolder(folder));
        String token = null;
        do {
            var args = ListObjectsV2Args.builder()
                    .bucket(bucket.name())
                    .prefix(below)
                    .delimiter(delimiter)
                    .encodingType("url")
                    .continuationToken(token)
                    .build();
            var page = bucket.call("list", folder, s3 -> s3.listObjectsV2(args)).result();
            Stream.concat(
                            page.contents().stream(),
                            page.commonPrefixes().stream().map(folded -> folded.toItem()))
                    .forEach(item -> {
                        item.setEncodingType(page.encodingType());
                        each.accept(item);
                    });
            var next = page.isTruncated() ? page.nextContinuationToken() : null;
            if (page.isTruncated() && (next == null || next.isEmpty() || next.equals(token))) {
                throw new BackupException(
                        Kind.FAILED,
                        "list " + folder + " at " + location() + ": the server says that there is more, and not where");
            }
            token = next;
        } while (token != null);
    }

    @Override
    public List<Optional<Sha256>> digests(List<String> names) throws BackupException {
        for (var name : names) {
            ObjectNames.require(name);
        }
        var atOnce = new Semaphore(DIGESTS_AT_ONCE);
        var tasks = new ArrayList<Future<Optional<Sha256>>>(names.size());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var name : names) {
                atOnce.acquire();
                tasks.add(threads.submit(() -> {
                    try {
                        return readBack(name);
                    } finally {
                        atOnce.release();
                    }
                }));
            }
            var digests = new ArrayList<Optional<Sha256>>(names.size());
            for (var task : tasks) {
                digests.add(task.get());
            }
            return digests;
        } catch (InterruptedException e) {
            throw S3Bucket.interrupted("read back", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BackupException known ? known : bucket.failure("read back", "objects", e);
        }
    }

    @Override
    public boolean digestsAtFarSide() {
        return false;
    }

    @Override
    public void delete(String name) throws BackupException {
        ObjectNames.require(name);
        try {
            bucket.call(
                    "delete",
                    name,
                    s3 -> s3.removeObject(RemoveObjectArgs.builder()
                            .bucket(bucket.name())
                            .object(bucket.key(name))
                            .build()));
        } catch (BackupException e) {
            absent(e);
        }
    }

    @Override
    public void listUnfinished(Consumer<ObjectInfo> each) throws BackupException {
        var top = bucket.prefix("");
        var marker = S3Uploads.Marker.NONE;
        do {
            var from = marker;
            var page =
                    bucket.call("list", "unfinished uploads", s3 -> new S3Uploads(s3).page(bucket.name(), top, from));
            for (var upload : page.uploads()) {
                if (upload.key().startsWith(top)) {
                    var name = upload.key().substring(top.length()) + UPLOAD + upload.id();
                    each.accept(new ObjectInfo(name, 0, upload.begun()));
                }
            }
            marker = page.next();
        } while (!marker.equals(S3Uploads.Marker.NONE));
    }

    @Override
    public void deleteUnfinished(String name) throws BackupException {
        var at = name.lastIndexOf(UPLOAD);
        if (at < 0) {
            throw new BackupException(Kind.FAILED, "not the name of an unfinished upload: '" + name + "'");
        }
        ObjectNames.require(name.substring(0, at));
        upload.abort(name.substring(0, at), name.substring(at + 1));
    }

    @Override
    public void close() {
        bucket.close();
    }

    private static <T> Optional<T> absent(BackupException e) throws BackupException {
        if (e.kind() == Kind.NOT_FOUND) {
            return Optional.empty();
        }
        throw e;
    }

    private Stored requireEqual(String name, Body body) throws BackupException {
        var found = stat(name);
        if (found.map(ObjectInfo::size).filter(size -> size == body.length()).isEmpty()
                || !readBack(name).equals(Optional.of(body.sha256()))) {
            throw new BackupException(
                    Kind.DAMAGED, "store " + name + " at " + location() + ": an object of that name holds other bytes");
        }
        return new Stored(true, true);
    }

    private Optional<Sha256> readBack(String name) throws BackupException {
        try (var in = open(name)) {
            return Optional.of(Sha256.of(in));
        } catch (BackupException e) {
            return absent(e);
        } catch (IOException e) {
            throw bucket.failure("read", name, e);
        }
    }
}
