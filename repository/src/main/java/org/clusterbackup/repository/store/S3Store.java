package org.clusterbackup.repository.store;

import io.minio.AbortMultipartUploadArgs;
import io.minio.BucketExistsArgs;
import io.minio.CompleteMultipartUploadArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.GetObjectArgs;
import io.minio.Http;
import io.minio.ListObjectsV2Args;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectAPIArgs;
import io.minio.RemoveObjectArgs;
import io.minio.StatObjectArgs;
import io.minio.UploadPartArgs;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.minio.messages.Part;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Objects of an S3 bucket. An upload is one put that carries its SHA-256, which the server checks, and that replaces
 * nothing; a body too large for one put goes in parts.
 */
final class S3Store implements ObjectStore {
    /** AWS takes 5 GiB in one put; a broken one begins anew, so far less. */
    private static final long MAX_PUT_BYTES = 1L << 30;

    private static final long PART_BYTES = 256L << 20;
    private static final int DIGESTS_AT_ONCE = 4;
    private static final int CONFLICT_ATTEMPTS = 20;
    private static final long CONFLICT_PAUSE_MILLIS = 50;
    /** Between the name and the id of an upload in parts; no object's name has it. */
    private static final char UPLOAD = '#';

    private final StoreUrl.S3 url;
    private final StoreOptions options;
    private final OkHttpClient http;
    private final long maxPutBytes;
    private final long partBytes;
    private final ReentrantLock connecting = new ReentrantLock();
    private volatile @Nullable MinioAsyncClient client;

    S3Store(StoreUrl.S3 url, StoreOptions options) throws BackupException {
        this(url, options, MAX_PUT_BYTES, PART_BYTES);
    }

    S3Store(StoreUrl.S3 url, StoreOptions options, long maxPutBytes, long partBytes) throws BackupException {
        this.url = url;
        this.options = options;
        this.http = S3Client.http(options);
        this.maxPutBytes = maxPutBytes;
        this.partBytes = partBytes;
    }

    /** Makes the bucket if it is missing. */
    void makeBucket() throws BackupException {
        try {
            var s3 = S3Client.of(url, options, http);
            if (!bucketExists(s3)) {
                await(
                        "make",
                        url.bucket(),
                        () -> s3.makeBucket(MakeBucketArgs.builder()
                                .bucket(url.bucket())
                                .region(options.s3Region().orElse(S3Client.DEFAULT_REGION))
                                .build()));
            }
        } catch (IOException e) {
            throw failure("reach", url.bucket(), e);
        }
    }

    @Override
    public String location() {
        return "s3:" + url.endpoint() + "/" + ObjectNames.join(url.bucket(), url.prefix());
    }

    @Override
    public Stored create(String name, Body body) throws BackupException {
        ObjectNames.require(name);
        var found = stat(name);
        if (found.isPresent()) {
            return requireEqual(name, body);
        }
        if (body.length() > maxPutBytes) {
            putInParts(name, body);
            return new Stored(false, false);
        }
        try {
            return new Stored(false, put(name, body, true));
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
            putInParts(name, body);
        } else {
            put(name, body, false);
        }
    }

    @Override
    public InputStream open(String name) throws BackupException {
        ObjectNames.require(name);
        return call(
                "read",
                name,
                s3 -> s3.getObject(GetObjectArgs.builder()
                        .bucket(url.bucket())
                        .object(key(name))
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
        var range =
                GetObjectArgs.builder().bucket(url.bucket()).object(key(name)).offset(offset);
        if (length < Long.MAX_VALUE - offset) {
            range.length(length);
        }
        try {
            return call("read", name, s3 -> s3.getObject(range.build()));
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
            var found = call(
                    "look at",
                    name,
                    s3 -> s3.statObject(StatObjectArgs.builder()
                            .bucket(url.bucket())
                            .object(key(name))
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
                var name = item.objectName().substring(prefix("").length());
                each.accept(
                        new ObjectInfo(name, item.size(), item.lastModified().toInstant()));
            }
        });
    }

    @Override
    public List<String> children(String folder) throws BackupException {
        var below = prefix(ObjectNames.requireFolder(folder));
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
        var below = prefix(ObjectNames.requireFolder(folder));
        String token = null;
        do {
            var args = ListObjectsV2Args.builder()
                    .bucket(url.bucket())
                    .prefix(below)
                    .delimiter(delimiter)
                    .encodingType("url")
                    .continuationToken(token)
                    .build();
            var page = call("list", folder, s3 -> s3.listObjectsV2(args)).result();
            Stream.concat(
                            page.contents().stream(),
                            page.commonPrefixes().stream().map(folded -> folded.toItem()))
                    .forEach(item -> {
                        item.setEncodingType(page.encodingType());
                        each.accept(item);
                    });
            token = page.isTruncated() ? page.nextContinuationToken() : null;
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
            throw interrupted("read back", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BackupException known ? known : failure("read back", "objects", e);
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
            call(
                    "delete",
                    name,
                    s3 -> s3.removeObject(RemoveObjectArgs.builder()
                            .bucket(url.bucket())
                            .object(key(name))
                            .build()));
        } catch (BackupException e) {
            absent(e);
        }
    }

    @Override
    public void listUnfinished(Consumer<ObjectInfo> each) throws BackupException {
        var top = prefix("");
        var marker = S3Uploads.Marker.NONE;
        do {
            var from = marker;
            var page = call("list", "unfinished uploads", s3 -> new S3Uploads(s3).page(url.bucket(), top, from));
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
        abort(name.substring(0, at), name.substring(at + 1));
    }

    @Override
    public void close() {
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    @FunctionalInterface
    private interface S3Call<T> {
        CompletableFuture<T> run(MinioAsyncClient s3) throws MinioException;
    }

    private <T> T call(String verb, String name, S3Call<T> call) throws BackupException {
        var s3 = client();
        for (var attempt = 1; ; attempt++) {
            try {
                return await(verb, name, () -> call.run(s3));
            } catch (BackupException e) {
                // versitygw answers so when a neighbour's deletion just removed the folder that a put made.
                if (e.getCause() == null || S3Failures.status(e.getCause()) != 409 || attempt == CONFLICT_ATTEMPTS) {
                    throw e;
                }
                pause(verb + " " + name);
            }
        }
    }

    private <T> T await(String verb, String name, Answer<T> answer) throws BackupException {
        try {
            return answer.begin().get();
        } catch (InterruptedException e) {
            throw interrupted(verb + " " + name, e);
        } catch (MinioException | ExecutionException e) {
            throw failure(verb, name, e);
        }
    }

    @FunctionalInterface
    private interface Answer<T> {
        CompletableFuture<T> begin() throws MinioException;
    }

    private void pause(String what) throws BackupException {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(CONFLICT_PAUSE_MILLIS));
        } catch (InterruptedException e) {
            throw interrupted(what, e);
        }
    }

    private MinioAsyncClient client() throws BackupException {
        var known = client;
        if (known != null) {
            return known;
        }
        connecting.lock();
        try {
            var made = S3Client.of(url, options, http);
            requireBucket(made);
            client = made;
            return made;
        } catch (IOException e) {
            throw failure("reach", url.bucket(), e);
        } finally {
            connecting.unlock();
        }
    }

    /** Some servers make a bucket with the first put into it. */
    private void requireBucket(MinioAsyncClient s3) throws BackupException {
        try {
            if (!bucketExists(s3)) {
                throw new BackupException(Kind.NO_REPOSITORY, "no bucket " + location())
                        .withHint("a repository is made with 'clusterbackup init'");
            }
        } catch (BackupException e) {
            // A credential may be good for objects alone.
            if (e.kind() != Kind.NOT_PERMITTED) {
                throw e;
            }
        }
    }

    private boolean bucketExists(MinioAsyncClient s3) throws BackupException {
        return await(
                "look for",
                url.bucket(),
                () -> s3.bucketExists(
                        BucketExistsArgs.builder().bucket(url.bucket()).build()));
    }

    private BackupException failure(String verb, String name, Exception e) {
        return S3Failures.of(verb + " " + name + " at " + location(), e);
    }

    private static BackupException interrupted(String what, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new BackupException(Kind.FAILED, what + ": interrupted", e);
    }

    private String key(String name) {
        return ObjectNames.join(url.prefix(), name);
    }

    private String prefix(String folder) {
        var key = folder.isEmpty() ? url.prefix() : key(folder);
        return key.isEmpty() ? "" : key + "/";
    }

    private static <T> Optional<T> absent(BackupException e) throws BackupException {
        if (e.kind() == Kind.NOT_FOUND) {
            return Optional.empty();
        }
        throw e;
    }

    /** Returns whether the server says that it checked the digest. */
    private boolean put(String name, Body body, boolean onlyNew) throws BackupException {
        var headers = checksum(body.sha256());
        if (onlyNew) {
            headers.put("If-None-Match", "*");
        }
        var payload = new S3Payload(body);
        try {
            var written = call(
                    "store",
                    name,
                    s3 -> s3.putObject(PutObjectAPIArgs.builder()
                            .bucket(url.bucket())
                            .object(key(name))
                            .buffer(payload)
                            .headers(headers)
                            .build()));
            return base64(body.sha256()).equals(written.headers().get(Http.Headers.X_AMZ_CHECKSUM_SHA256));
        } finally {
            payload.close();
        }
    }

    private void putInParts(String name, Body body) throws BackupException {
        var upload = call(
                        "store",
                        name,
                        s3 -> s3.createMultipartUpload(CreateMultipartUploadArgs.builder()
                                .bucket(url.bucket())
                                .object(key(name))
                                .headers(new Http.Headers())
                                .build()))
                .result()
                .uploadId();
        try {
            var parts = new ArrayList<Part>();
            for (var offset = 0L; offset < body.length(); offset += partBytes) {
                var length = Math.min(partBytes, body.length() - offset);
                parts.add(putPart(name, upload, parts.size() + 1, part(name, body, offset, length)));
            }
            call(
                    "store",
                    name,
                    s3 -> s3.completeMultipartUpload(CompleteMultipartUploadArgs.builder()
                            .bucket(url.bucket())
                            .object(key(name))
                            .uploadId(upload)
                            .parts(parts.toArray(Part[]::new))
                            .build()));
        } catch (BackupException e) {
            abortQuietly(name, upload);
            throw e;
        }
    }

    private BodyPart part(String name, Body body, long offset, long length) throws BackupException {
        try {
            return BodyPart.of(body, offset, length);
        } catch (IOException e) {
            throw failure("store", name, new ExactBody.BrokenException(e));
        }
    }

    private Part putPart(String name, String upload, int number, BodyPart part) throws BackupException {
        var payload = new S3Payload(part);
        try {
            var written = call(
                    "store",
                    name,
                    s3 -> s3.uploadPart(UploadPartArgs.builder()
                            .bucket(url.bucket())
                            .object(key(name))
                            .uploadId(upload)
                            .partNumber(number)
                            .buffer(payload)
                            .headers(checksum(part.sha256()))
                            .build()));
            return new Part(number, written.part().etag());
        } finally {
            payload.close();
        }
    }

    private void abort(String name, String upload) throws BackupException {
        try {
            call(
                    "abort",
                    name,
                    s3 -> s3.abortMultipartUpload(AbortMultipartUploadArgs.builder()
                            .bucket(url.bucket())
                            .object(key(name))
                            .uploadId(upload)
                            .build()));
        } catch (BackupException e) {
            absent(e);
        }
    }

    private void abortQuietly(String name, String upload) {
        try {
            abort(name, upload);
        } catch (BackupException e) {
            // It is swept later.
        }
    }

    /** What the server is to check: as the signature's digest, and as the checksum that it keeps. */
    private static Http.Headers checksum(Sha256 digest) {
        return new Http.Headers(
                Http.Headers.X_AMZ_CONTENT_SHA256,
                digest.hex(),
                Http.Headers.X_AMZ_CHECKSUM_SHA256,
                base64(digest),
                Http.Headers.X_AMZ_SDK_CHECKSUM_ALGORITHM,
                "SHA256");
    }

    private static String base64(Sha256 digest) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(digest.hex()));
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
            throw failure("read", name, e);
        }
    }
}
