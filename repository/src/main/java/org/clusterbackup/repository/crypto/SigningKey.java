package org.clusterbackup.repository.crypto;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;

/**
 * An Ed25519 key that signs, in OpenSSH's own file format ({@code openssh-key-v1}, without a passphrase): what
 * {@code ssh-keygen -t ed25519 -N ''} makes. Safe for use by many threads. It never shows its secret but in
 * {@link #privateFile}.
 */
public final class SigningKey {
    private static final String BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
    private static final String END = "-----END OPENSSH PRIVATE KEY-----\n";
    private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final int LINE_CHARACTERS = 70;
    private static final int SEED_BYTES = 32;
    private static final int BLOCK_BYTES = 8;
    private static final int MAX_FILE_BYTES = 16384;

    private final PrivateKey secret;
    private final byte[] seed;
    private final PublicKey publicKey;
    private final String comment;

    private SigningKey(byte[] seed, PublicKey publicKey, String comment) throws GeneralSecurityException {
        this.seed = seed.clone();
        this.publicKey = publicKey;
        this.comment = comment;
        this.secret = KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    }

    public static SigningKey generate(String comment) {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            var seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
            return new SigningKey(seed, PublicKey.of(pair.getPublic()), comment);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 15 has Ed25519", e);
        }
    }

    /** @throws BackupException {@code NO_KEY} if the file cannot be read, {@code FAILED} with the reason if it holds no such key */
    public static SigningKey read(Path file) throws BackupException {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IllegalArgumentException("it is too long");
            }
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new BackupException(Kind.NO_KEY, "cannot read signing key " + file + ": " + FileReason.of(e), e);
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new BackupException(Kind.FAILED, "cannot read signing key " + file + ": " + e.getMessage(), e)
                    .withHint("it must be an Ed25519 key without passphrase, as clusterbackup keys generate or"
                            + " ssh-keygen make it");
        }
    }

    private static SigningKey parse(String text) throws GeneralSecurityException {
        var begin = text.indexOf(BEGIN);
        var end = text.indexOf(END.strip());
        if (begin != 0 || end < 0) {
            throw new IllegalArgumentException("it is not an OpenSSH private key");
        }
        var in = new SshWire.Reader(Base64.getMimeDecoder().decode(text.substring(BEGIN.length(), end)));
        in.expectRaw(MAGIC, "openssh-key-v1 preamble");
        in.expectString("none", "cipher (a passphrase?)");
        in.expectString("none", "key derivation");
        in.string();
        if (in.uint32() != 1) {
            throw new IllegalArgumentException("it holds more than one key");
        }
        var outer = PublicKey.ofBlob(in.string());
        return secretPart(new SshWire.Reader(in.string()), outer);
    }

    private static SigningKey secretPart(SshWire.Reader in, PublicKey outer) throws GeneralSecurityException {
        var check = in.uint32();
        if (in.uint32() != check) {
            throw new IllegalArgumentException("its check numbers differ");
        }
        in.expectString(PublicKey.TYPE, "key type");
        var publicKey = new PublicKey(in.string());
        var secret = in.string();
        var comment = new String(in.string(), StandardCharsets.UTF_8);
        if (secret.length != SEED_BYTES + PublicKey.BYTES || !publicKey.equals(outer)) {
            throw new IllegalArgumentException("its parts contradict each other");
        }
        var key = new SigningKey(Arrays.copyOf(secret, SEED_BYTES), publicKey, comment);
        // A public half that does not belong to the secret would make signatures that nobody can verify.
        var probe = SshSignature.signed(new byte[0]);
        if (!publicKey.verifies(probe, key.raw(probe))) {
            throw new IllegalArgumentException("its public part does not belong to its secret part");
        }
        return key;
    }

    /** The detached, armored signature of {@code message}: what {@code ssh-keygen -Y sign -n clusterbackup} makes. */
    public String sign(byte[] message) {
        return new SshSignature(publicKey, raw(SshSignature.signed(message))).armored();
    }

    private byte[] raw(byte[] signed) {
        try {
            var signer = Signature.getInstance("Ed25519");
            signer.initSign(secret);
            signer.update(signed);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an Ed25519 key that was accepted must sign", e);
        }
    }

    /** {@code ssh-ed25519 <base64>}: what {@code allowed_signers} holds after patterns and options. */
    public String publicKey() {
        return publicKey.line();
    }

    /** The text of the {@code .pub} file. */
    public String publicFile() {
        return publicKey.line() + " " + comment + "\n";
    }

    /** The text of the private key's file; it is a secret. */
    public String privateFile() {
        var check = new SecureRandom().nextInt();
        var part = new SshWire.Writer()
                .uint32(check)
                .uint32(check)
                .string(PublicKey.TYPE)
                .string(publicKey.raw())
                .string(new SshWire.Writer().raw(seed).raw(publicKey.raw()).bytes())
                .string(comment);
        for (byte pad = 1; part.size() % BLOCK_BYTES != 0; pad++) {
            part.raw(new byte[] {pad});
        }
        var whole = new SshWire.Writer()
                .raw(MAGIC)
                .string("none")
                .string("none")
                .string("")
                .uint32(1)
                .string(publicKey.blob())
                .string(part.bytes());
        var base64 = Base64.getEncoder().encodeToString(whole.bytes());
        var out = new StringBuilder(BEGIN);
        for (var i = 0; i < base64.length(); i += LINE_CHARACTERS) {
            out.append(base64, i, Math.min(base64.length(), i + LINE_CHARACTERS))
                    .append('\n');
        }
        return out.append(END).toString();
    }

    @Override
    public String toString() {
        return "signing key " + publicKey.line();
    }
}
