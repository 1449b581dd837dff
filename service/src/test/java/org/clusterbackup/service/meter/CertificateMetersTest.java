package org.clusterbackup.service.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.clusterbackup.service.KafkaSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // made by JUnit
class CertificateMetersTest {
    @TempDir
    private static Path folder;

    /** Those that come with Java. */
    private static List<X509Certificate> some() throws Exception {
        var store = KeyStore.getInstance(
                Path.of(System.getProperty("java.home"), "lib", "security", "cacerts")
                        .toFile(),
                "changeit".toCharArray());
        return Collections.list(store.aliases()).stream()
                .map(alias -> {
                    try {
                        return (X509Certificate) store.getCertificate(alias);
                    } catch (KeyStoreException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .limit(3)
                .toList();
    }

    private static Path pem(List<X509Certificate> certificates) throws Exception {
        var text = new StringBuilder();
        for (var certificate : certificates) {
            text.append("-----BEGIN CERTIFICATE-----\n")
                    .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded()))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return Files.writeString(Files.createTempFile(folder, "chain", ".pem"), text);
    }

    @Test
    void theFirstOfAChainThatExpiresIsTold() throws Exception {
        var chain = some();
        var registry = new SimpleMeterRegistry();

        CertificateMeters.register(registry, Map.of("etcd-ca", Optional.of(pem(chain)), "target", Optional.empty()));

        var first = first(chain).getEpochSecond();
        var gauges = registry.find("clusterbackup.certificate.expiry.timestamp.seconds")
                .gauges();
        assertThat(gauges).hasSize(1).allMatch(gauge -> gauge.value() == first);
    }

    @Test
    void whatIsNoCertificateHasNoTime() throws Exception {
        var chain = Files.readString(pem(some()));
        var cut = chain.substring(0, chain.indexOf("-----END") / 2);
        for (var text : List.of("", "garbage", "-----BEGIN CERTIFICATE-----\n", cut)) {
            assertThat(CertificateFile.pem(Files.writeString(folder.resolve("bad.pem"), text))
                            .expiry())
                    .as(text)
                    .isEmpty();
        }
        assertThat(CertificateFile.pem(Files.write(folder.resolve("huge.pem"), new byte[2 << 20]))
                        .expiry())
                .isEmpty();
        assertThat(CertificateFile.pem(folder.resolve("absent.pem")).expiry()).isEmpty();
        assertThat(CertificateFile.pem(folder).expiry()).isEmpty();
    }

    private static Instant first(List<X509Certificate> chain) {
        return chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static Path store(String type, String password, List<X509Certificate> certificates) throws Exception {
        var store = KeyStore.getInstance(type);
        store.load(null, null);
        for (var i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("ca" + i, certificates.get(i));
        }
        var path = Files.createTempFile(folder, "store", "." + type);
        try (var out = Files.newOutputStream(path)) {
            store.store(out, password.toCharArray());
        }
        return path;
    }

    private static Map<String, Double> told(Map<String, Object> kafka) {
        var registry = new SimpleMeterRegistry();
        CertificateMeters.register(registry, new KafkaSettings(kafka));
        return registry.find("clusterbackup.certificate.expiry.timestamp.seconds").gauges().stream()
                .collect(Collectors.toMap(
                        gauge -> String.valueOf(gauge.getId().getTag("certificate")), gauge -> gauge.value()));
    }

    @Test
    void whatKafkaIsReachedWithIsToldInEachOfItsForms() throws Exception {
        var chain = some();
        var time = (double) first(chain).getEpochSecond();
        var withKey = Files.createTempFile(folder, "key", ".pem");
        Files.writeString(
                withKey,
                "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"
                        + Files.readString(pem(chain)));

        for (var type : List.of("PKCS12", "JKS")) {
            assertThat(told(Map.of(
                            "ssl.truststore.type",
                            type,
                            "ssl.truststore.location",
                            store(type, "a word", chain).toString(),
                            "ssl.truststore.password",
                            "a word")))
                    .as(type)
                    .isEqualTo(Map.of("kafka-ca", time));
        }
        assertThat(told(Map.of("ssl.keystore.type", "PEM", "ssl.keystore.location", withKey.toString())))
                .isEqualTo(Map.of("kafka-client", time));
        assertThat(told(Map.of(
                        "ssl.truststore.location",
                        store("JKS", "a word", chain).toString(),
                        "ssl.truststore.password",
                        "a word")))
                .isEqualTo(Map.of("kafka-ca", time));
        assertThat(told(Map.of("bootstrap.servers", "x:1", "ssl.truststore.location", "")))
                .isEmpty();
    }

    @Test
    void aStoreThatCannotBeReadHasNoTime() throws Exception {
        var good = store("PKCS12", "a word", some());
        var cut = Files.write(folder.resolve("cut"), Arrays.copyOf(Files.readAllBytes(good), 700));
        for (var settings : List.of(
                Map.<String, Object>of(
                        "ssl.truststore.type",
                        "PKCS12",
                        "ssl.truststore.location",
                        good.toString(),
                        "ssl.truststore.password",
                        "other"),
                Map.<String, Object>of(
                        "ssl.truststore.type",
                        "PKCS12",
                        "ssl.truststore.location",
                        cut.toString(),
                        "ssl.truststore.password",
                        "a word"),
                Map.<String, Object>of("ssl.truststore.type", "none such", "ssl.truststore.location", good.toString()),
                Map.<String, Object>of(
                        "ssl.truststore.location", folder.resolve("gone").toString()))) {
            assertThat(told(settings)).isEqualTo(Map.of("kafka-ca", Double.NaN));
        }
    }
}
