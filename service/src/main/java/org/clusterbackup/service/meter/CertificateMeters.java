package org.clusterbackup.service.meter;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When certificates expire that a service uses: its files are read anew for each scrape, so what is rotated counts at once. */
public final class CertificateMeters {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateMeters.class);

    /** Above any chain of certificates; more is not read. */
    private static final long MAX_BYTES = 1 << 20;

    private CertificateMeters() {}

    /** @param files PEM files by what they are for, such as {@code etcd-client}; those that are empty are none */
    public static void register(MeterRegistry registry, Map<String, Optional<Path>> files) {
        files.forEach((name, file) -> file.ifPresent(
                path -> Gauge.builder("clusterbackup.certificate.expiry.timestamp.seconds", path, pem -> expiry(pem)
                                .map(time -> (double) time.getEpochSecond())
                                .orElse(Double.NaN))
                        .description("when the first certificate in the file expires")
                        .tag("certificate", name)
                        .register(registry)));
    }

    /** The first that expires; empty if there is none to be read. */
    static Optional<Instant> expiry(Path pem) {
        try {
            if (Files.size(pem) > MAX_BYTES) {
                return Optional.empty();
            }
            try (var in = Files.newInputStream(pem)) {
                return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                        .filter(X509Certificate.class::isInstance)
                        .map(certificate ->
                                ((X509Certificate) certificate).getNotAfter().toInstant())
                        .min(Comparator.naturalOrder());
            }
        } catch (IOException | CertificateException e) {
            LOG.debug("no certificate to be read file={}: {}", pem, e.getMessage());
            return Optional.empty();
        }
    }
}
