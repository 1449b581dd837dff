package org.clusterbackup.service.meter;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with certificates that a service uses.
 *
 * @param type {@link #PEM}, in which keys may stand beside them, or a type of Java's key stores
 * @param password of a key store
 */
record CertificateFile(Path path, String type, Optional<String> password) {
    static final String PEM = "PEM";

    private static final Logger LOG = LoggerFactory.getLogger(CertificateFile.class);

    /** Above any chain of certificates; more is not read. */
    private static final long MAX_BYTES = 1 << 20;

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*+-----END CERTIFICATE-----");

    static CertificateFile pem(Path path) {
        return new CertificateFile(path, PEM, Optional.empty());
    }

    /** When the first expires; empty if there is none to be read. The file is read anew, so what is rotated counts at once. */
    Optional<Instant> expiry() {
        try {
            if (Files.size(path) > MAX_BYTES) {
                return Optional.empty();
            }
            var bytes = Files.readAllBytes(path);
            return (type.equals(PEM) ? blocks(bytes) : stored(bytes))
                    .stream()
                            .filter(X509Certificate.class::isInstance)
                            .map(certificate -> ((X509Certificate) certificate)
                                    .getNotAfter()
                                    .toInstant())
                            .min(Comparator.naturalOrder());
        } catch (IOException | GeneralSecurityException e) {
            LOG.debug("no certificate to be read file={}: {}", path, e.getMessage());
            return Optional.empty();
        }
    }

    private static Collection<? extends Certificate> blocks(byte[] bytes) throws GeneralSecurityException {
        var found = new StringBuilder();
        var block = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            found.append(block.group()).append('\n');
        }
        return found.isEmpty()
                ? List.of()
                : CertificateFactory.getInstance("X.509")
                        .generateCertificates(
                                new ByteArrayInputStream(found.toString().getBytes(StandardCharsets.ISO_8859_1)));
    }

    private Collection<Certificate> stored(byte[] bytes) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(type);
        store.load(
                new ByteArrayInputStream(bytes),
                password.map(String::toCharArray).orElse(null));
        var all = new ArrayList<Certificate>();
        for (var alias : Collections.list(store.aliases())) {
            var chain = store.getCertificateChain(alias);
            if (chain != null) {
                all.addAll(List.of(chain));
            } else {
                Optional.ofNullable(store.getCertificate(alias)).ifPresent(all::add);
            }
        }
        return all;
    }
}
