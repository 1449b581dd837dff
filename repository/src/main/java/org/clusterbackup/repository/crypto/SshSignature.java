package org.clusterbackup.repository.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * OpenSSH's detached signature (PROTOCOL.sshsig), version 1, namespace {@code clusterbackup}, hash {@code sha512},
 * Ed25519. Reading accepts only the very bytes that {@code ssh-keygen -Y sign} or {@link #armored} would write, so that
 * not one byte of a signature file can change unnoticed.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never shown outside of this package
record SshSignature(PublicKey signer, byte[] signature) {
    static final String NAMESPACE = "clusterbackup";
    private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);
    private static final String HASH = "sha512";
    private static final int VERSION = 1;
    private static final int LINE_CHARACTERS = 70;
    private static final int MAX_CHARACTERS = 4096;
    private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----\n";
    private static final String END = "-----END SSH SIGNATURE-----\n";

    /** What the Ed25519 key signs for {@code message}. */
    static byte[] signed(byte[] message) {
        return new SshWire.Writer()
                .raw(MAGIC)
                .string(NAMESPACE)
                .string("")
                .string(HASH)
                .string(sha512(message))
                .bytes();
    }

    String armored() {
        var inner = new SshWire.Writer().string(PublicKey.TYPE).string(signature);
        var blob = new SshWire.Writer()
                .raw(MAGIC)
                .uint32(VERSION)
                .string(signer.blob())
                .string(NAMESPACE)
                .string("")
                .string(HASH)
                .string(inner.bytes());
        // Not Java's MIME encoder: it rounds its lines down to a multiple of four characters, OpenSSH's have 70.
        var base64 = Base64.getEncoder().encodeToString(blob.bytes());
        var out = new StringBuilder(BEGIN);
        for (var i = 0; i < base64.length(); i += LINE_CHARACTERS) {
            out.append(base64, i, Math.min(base64.length(), i + LINE_CHARACTERS))
                    .append('\n');
        }
        return out.append(END).toString();
    }

    /** @throws IllegalArgumentException with the reason, unless {@code armored} is exactly such a signature */
    static SshSignature parse(String armored) {
        if (armored.length() > MAX_CHARACTERS
                || !armored.startsWith(BEGIN)
                || !armored.endsWith(END)
                || armored.length() < BEGIN.length() + END.length()) {
            throw new IllegalArgumentException("it is not an armored SSH signature");
        }
        var base64 = armored.substring(BEGIN.length(), armored.length() - END.length())
                .replace("\n", "");
        var in = new SshWire.Reader(decode(base64));
        in.expectRaw(MAGIC, "SSHSIG preamble");
        if (in.uint32() != VERSION) {
            throw new IllegalArgumentException("its version is not 1");
        }
        var signer = PublicKey.ofBlob(in.string());
        in.expectString(NAMESPACE, "namespace");
        in.expectString("", "reserved field");
        in.expectString(HASH, "hash algorithm");
        var inner = new SshWire.Reader(in.string());
        in.expectEnd();
        inner.expectString(PublicKey.TYPE, "signature type");
        var signature = inner.string();
        inner.expectEnd();
        if (signature.length != PublicKey.SIGNATURE_BYTES) {
            throw new IllegalArgumentException("an Ed25519 signature has 64 bytes, not " + signature.length);
        }
        var parsed = new SshSignature(signer, signature);
        if (!parsed.armored().equals(armored)) {
            throw new IllegalArgumentException("its armor is not as ssh-keygen writes it");
        }
        return parsed;
    }

    boolean verifies(byte[] message) {
        return signer.verifies(signed(message), signature);
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("it is not base64", e);
        }
    }

    private static byte[] sha512(byte[] message) {
        try {
            return MessageDigest.getInstance("SHA-512").digest(message);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-512", e);
        }
    }
}
