package org.clusterbackup.service.meter;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.service.KafkaSettings;

/** When certificates expire that a service uses: its files are read anew for each scrape, so what is rotated counts at once. */
public final class CertificateMeters {
    /** Kafka's own default. */
    private static final String STORE_TYPE = "JKS";

    private CertificateMeters() {}

    /** @param files PEM files by what they are for, such as {@code etcd-client}; those that are empty are none */
    public static void register(MeterRegistry registry, Map<String, Optional<Path>> files) {
        files.forEach((name, file) -> file.ifPresent(path -> register(registry, name, CertificateFile.pem(path))));
    }

    /** {@code kafka-ca} and {@code kafka-client}: what the brokers are believed by, and what this service shows them. */
    public static void register(MeterRegistry registry, KafkaSettings kafka) {
        register(registry, kafka, "kafka-ca", "ssl.truststore.");
        register(registry, kafka, "kafka-client", "ssl.keystore.");
    }

    private static void register(MeterRegistry registry, KafkaSettings kafka, String name, String prefix) {
        kafka.text(prefix + "location")
                .map(location -> new CertificateFile(
                        Path.of(location),
                        kafka.text(prefix + "type").orElse(STORE_TYPE),
                        kafka.text(prefix + "password")))
                .ifPresent(file -> register(registry, name, file));
    }

    private static void register(MeterRegistry registry, String name, CertificateFile file) {
        Gauge.builder("clusterbackup.certificate.expiry.timestamp.seconds", file, read -> read.expiry()
                        .map(time -> (double) time.getEpochSecond())
                        .orElse(Double.NaN))
                .description("when the first certificate in the file expires")
                .tag("certificate", name)
                .strongReference(true)
                .register(registry);
    }
}
