package org.clusterbackup.repository.store;

import io.minio.AbortMultipartUploadArgs;
import io.minio.CompleteMultipartUploadArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.Http;
import io.minio.PutObjectAPIArgs;
import io.minio.UploadPartArgs;
import io.minio.messages.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/** Puts objects into a bucket, in one go or in parts, each with its SHA-256 for the server to check. */
final class S3Upload {
    private final S3Bucket bucket;
    private final long partBytes;

    S3Upload(S3Bucket bucket, long partBytes) {
        this.bucket = bucket;
        this.partBytes = partBytes;
    }

    /** Returns whether the server says that it checked the digest. */
    boolean put(String name, Body body, boolean onlyNew) throws BackupException {
        var headers = checksum(body.sha256());
        if (onlyNew) {
            headers.put("If-None-Match", "*");
        }
        var payload = new S3Payload(body);
        try {
            var written = bucket.call(
                    "store",
                    name,
                    s3 -> s3.putObject(PutObjectAPIArgs.builder()
                            .bucket(bucket.name())
                            .object(bucket.key(name))
                            .buffer(payload)
                            .headers(headers)
                            .build()));
            return base64(body.sha256()).equals(written.headers().get(Http.Headers.X_AMZ_CHECKSUM_SHA256));
        } finally {
            payload.close();
        }
    }

    void putInParts(String name, Body body) throws BackupException {
        var upload = bucket.call(
                        "store",
                        name,
                        s3 -> s3.createMultipartUpload(CreateMultipartUploadArgs.builder()
                                .bucket(bucket.name())
                                .object(bucket.key(name))
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
            bucket.call(
                    "store",
                    name,
                    s3 -> s3.completeMultipartUpload(CompleteMultipartUploadArgs.builder()
                            .bucket(bucket.name())
                            .object(bucket.key(name))
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
            throw bucket.failure("store", name, new ExactBody.BrokenException(e));
        }
    }

    private Part putPart(String name, String upload, int number, BodyPart part) throws BackupException {
        var payload = new S3Payload(part);
        try {
            var written = bucket.call(
                    "store",
                    name,
                    s3 -> s3.uploadPart(UploadPartArgs.builder()
                            .bucket(bucket.name())
                            .object(bucket.key(name))
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

    /** Forgets an upload in parts; one that is not there is no error. */
    void abort(String name, String upload) throws BackupException {
        try {
            bucket.call(
                    "abort",
                    name,
                    s3 -> s3.abortMultipartUpload(AbortMultipartUploadArgs.builder()
                            .bucket(bucket.name())
                            .object(bucket.key(name))
                            .uploadId(upload)
                            .build()));
        } catch (BackupException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
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
}
