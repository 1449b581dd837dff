package org.clusterbackup.service.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

        var first = chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Comparator.naturalOrder())
                .map(Instant::getEpochSecond)
                .orElseThrow();
        var gauges = registry.find("clusterbackup.certificate.expiry.timestamp.seconds")
                .gauges();
        assertThat(gauges).hasSize(1).allMatch(gauge -> gauge.value() == first);
    }

    @Test
    void whatIsNoCertificateHasNoTime() throws Exception {
        var chain = Files.readString(pem(some()));
        var cut = chain.substring(0, chain.indexOf("-----END") / 2);
        for (var text : List.of("", "garbage", "-----BEGIN CERTIFICATE-----\n", cut)) {
            assertThat(CertificateMeters.expiry(Files.writeString(folder.resolve("bad.pem"), text)))
                    .as(text)
                    .isEmpty();
        }
        assertThat(CertificateMeters.expiry(Files.write(folder.resolve("huge.pem"), new byte[2 << 20])))
                .isEmpty();
        assertThat(CertificateMeters.expiry(folder.resolve("absent.pem"))).isEmpty();
        assertThat(CertificateMeters.expiry(folder)).isEmpty();
    }
}
