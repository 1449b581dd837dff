package org.clusterbackup.repository.store;

import io.minio.BucketExistsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import io.minio.errors.MinioException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.OkHttpClient;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/** A bucket, connected to when it is first needed; every failure of a call is one that an operator understands. */
final class S3Bucket implements AutoCloseable {
    private static final int CONFLICT_ATTEMPTS = 20;
    private static final long CONFLICT_PAUSE_MILLIS = 50;

    private final StoreUrl.S3 url;
    private final StoreOptions options;
    private final OkHttpClient http;
    private final ReentrantLock connecting = new ReentrantLock();
    private volatile @Nullable MinioAsyncClient client;

    S3Bucket(StoreUrl.S3 url, StoreOptions options) throws BackupException {
        this.url = url;
        this.options = options;
        this.http = S3Client.http(options);
    }

    String name() {
        return url.bucket();
    }

    String location() {
        return "s3:" + url.endpoint() + "/" + ObjectNames.join(url.bucket(), url.prefix());
    }

    /** Makes the bucket if it is missing. */
    void make() throws BackupException {
        try {
            var s3 = S3Client.of(url, options, http);
            if (!bucketExists(s3)) {
                // Without a region it is the client's, which may be what the server told.
                var wanted = MakeBucketArgs.builder().bucket(url.bucket());
                options.s3Region().ifPresent(wanted::region);
                await("make", url.bucket(), () -> s3.makeBucket(wanted.build()));
            }
        } catch (IOException e) {
            throw failure("reach", url.bucket(), e);
        }
    }

    @FunctionalInterface
    interface S3Call<T> {
        CompletableFuture<T> run(MinioAsyncClient s3) throws MinioException;
    }

    /** Calls once the bucket is known to be there. */
    <T> T call(String verb, String name, S3Call<T> call) throws BackupException {
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

    BackupException failure(String verb, String name, Exception e) {
        return S3Failures.of(verb + " " + name + " at " + location(), e);
    }

    static BackupException interrupted(String what, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new BackupException(Kind.FAILED, what + ": interrupted", e);
    }

    String key(String name) {
        return ObjectNames.join(url.prefix(), name);
    }

    String prefix(String folder) {
        var key = folder.isEmpty() ? url.prefix() : key(folder);
        return key.isEmpty() ? "" : key + "/";
    }

    @Override
    public void close() {
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
