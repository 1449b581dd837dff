package org.clusterbackup.kubernetes.dump;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.CipherOutputStream;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One list on the disk until it is whole: written first, then read once. Encrypted with a key that only this object holds, since
 * lists have Secrets in them. {@link #close} deletes it. Not for use by several threads.
 */
final class ListSpool implements AutoCloseable {
    private static final int BLOCK = 16;
    private static final int BUFFER = 64 << 10;

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Item(String namespace, String name, Instant created, byte[] json) {}

    private final Path file;
    private final byte[] key = new byte[2 * BLOCK];
    private final DataOutputStream out;
    private Optional<DataInputStream> in = Optional.empty();

    ListSpool(Path folder) throws IOException {
        new SecureRandom().nextBytes(key);
        file = Files.createTempFile(folder, "list-", ".spool");
        out = new DataOutputStream(new BufferedOutputStream(
                new CipherOutputStream(Files.newOutputStream(file), cipher(Cipher.ENCRYPT_MODE)), BUFFER));
    }

    /** The key is used for one stream only, so that the counter may begin at zero. */
    private Cipher cipher(int mode) {
        try {
            var cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[BLOCK]));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES", e);
        }
    }

    void add(Item item) throws IOException {
        out.writeUTF(item.namespace());
        out.writeUTF(item.name());
        out.writeLong(item.created().getEpochSecond());
        out.writeInt(item.json().length);
        out.write(item.json());
    }

    /** The next item in the order in which they were added; empty after the last one. The first call ends the writing. */
    Optional<Item> next() throws IOException {
        if (in.isEmpty()) {
            out.close();
            in = Optional.of(new DataInputStream(new BufferedInputStream(
                    new CipherInputStream(Files.newInputStream(file), cipher(Cipher.DECRYPT_MODE)), BUFFER)));
        }
        var data = in.get();
        String namespace;
        try {
            namespace = data.readUTF();
        } catch (EOFException e) {
            return Optional.empty();
        }
        var name = data.readUTF();
        var created = Instant.ofEpochSecond(data.readLong());
        var json = new byte[data.readInt()];
        data.readFully(json);
        return Optional.of(new Item(namespace, name, created, json));
    }

    @Override
    public void close() throws IOException {
        try (out) {
            if (in.isPresent()) {
                in.get().close();
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
