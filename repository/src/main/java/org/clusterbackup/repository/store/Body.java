package org.clusterbackup.repository.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clusterbackup.repository.Sha256;

/** What an object is to hold: its length and digest are known before the first byte moves, and it can be read again. */
public interface Body {
    long length();

    Sha256 sha256();

    /** The bytes from the start, as often as a retry needs them; the caller closes it. */
    InputStream open() throws IOException;

    static Body of(byte[] bytes) {
        return of(bytes, Sha256.of(bytes));
    }

    /** For bytes whose digest is known already; the caller does not change {@code bytes} afterwards. */
    static Body of(byte[] bytes, Sha256 sha256) {
        return of(bytes, bytes.length, sha256);
    }

    /** As {@link #of(byte[], Sha256)}, for the first {@code length} bytes of a buffer. */
    static Body of(byte[] bytes, int length, Sha256 sha256) {
        return new Body() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public Sha256 sha256() {
                return sha256;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes, 0, length);
            }
        };
    }

    static Body of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The file's bytes as they are now; the file must not change until the object is stored. */
    static Body of(Path file) throws IOException {
        var length = Files.size(file);
        Sha256 sha256;
        try (var in = Files.newInputStream(file)) {
            sha256 = Sha256.of(in);
        }
        return of(file, length, sha256);
    }

    static Body of(Path file, long length, Sha256 sha256) {
        return new Body() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public Sha256 sha256() {
                return sha256;
            }

            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }
        };
    }
}
