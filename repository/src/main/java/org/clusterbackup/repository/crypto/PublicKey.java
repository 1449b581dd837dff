package org.clusterbackup.repository.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** An Ed25519 public key: 32 raw bytes, equal when they are. */
final class PublicKey {
    static final String TYPE = "ssh-ed25519";
    static final int BYTES = 32;
    static final int SIGNATURE_BYTES = 64;
    /** What precedes the raw key in a SubjectPublicKeyInfo (RFC 8410). */
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final byte[] raw;

    PublicKey(byte[] raw) {
        if (raw.length != BYTES) {
            throw new IllegalArgumentException("an Ed25519 public key has 32 bytes, not " + raw.length);
        }
        this.raw = raw.clone();
    }

    static PublicKey of(java.security.PublicKey key) {
        var encoded = key.getEncoded();
        return new PublicKey(Arrays.copyOfRange(encoded, X509_PREFIX.length, encoded.length));
    }

    /** @throws IllegalArgumentException unless {@code blob} is exactly a plain Ed25519 key in OpenSSH's encoding */
    static PublicKey ofBlob(byte[] blob) {
        var in = new SshWire.Reader(blob);
        in.expectString(TYPE, "key type");
        var key = new PublicKey(in.string());
        in.expectEnd();
        return key;
    }

    byte[] blob() {
        return new SshWire.Writer().string(TYPE).string(raw).bytes();
    }

    byte[] raw() {
        return raw.clone();
    }

    /** {@code ssh-ed25519 <base64>}, as in a {@code .pub} file. */
    String line() {
        return TYPE + " " + Base64.getEncoder().encodeToString(blob());
    }

    boolean verifies(byte[] message, byte[] signature) {
        try {
            var encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + BYTES);
            System.arraycopy(raw, 0, encoded, X509_PREFIX.length, BYTES);
            var verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            // A point that is not on the curve or a signature out of range: neither is one of ours.
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey key && Arrays.equals(raw, key.raw);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(raw);
    }

    @Override
    public String toString() {
        return line();
    }
}
