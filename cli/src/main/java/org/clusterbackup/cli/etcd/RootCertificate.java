package org.clusterbackup.cli.etcd;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.clusterbackup.etcd.Access;

/**
 * A certificate that signs itself, for both ends of a connection on loopback that nobody else is to use: who has the key is
 * let in, by the name of etcd's user {@code root}.
 *
 * @param file PEM
 * @param key PEM, PKCS#8, readable by this user only
 */
record RootCertificate(Path file, Path key) {
    private static final X500Name ROOT = new X500Name("CN=root");
    private static final Duration CLOCK_MAY_STEP_BACK = Duration.ofDays(1);
    private static final Duration LONGEST_USE = Duration.ofDays(30);

    /** Writes both files into {@code folder}. */
    static RootCertificate make(Path folder) throws IOException {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var pair = generator.generateKeyPair();
            var now = Instant.now();
            var certificate = new JcaX509v3CertificateBuilder(
                            ROOT,
                            new BigInteger(64, new SecureRandom()).setBit(64),
                            Date.from(now.minus(CLOCK_MAY_STEP_BACK)),
                            Date.from(now.plus(LONGEST_USE)),
                            ROOT,
                            pair.getPublic())
                    .addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")))
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
            return new RootCertificate(
                    write(folder.resolve("root.crt"), certificate),
                    write(folder.resolve("root.key"), new JcaPKCS8Generator(pair.getPrivate(), null)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("every Java has EC keys and ECDSA", e);
        }
    }

    private static Path write(Path file, Object what) throws IOException {
        var text = new StringWriter();
        try (var pem = new JcaPEMWriter(text)) {
            pem.writeObject(what);
        }
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text.toString(), StandardOpenOption.WRITE);
    }

    Access access() {
        return new Access(Optional.of(file), Optional.of(file), Optional.of(key), Optional.empty(), Optional.empty());
    }
}
