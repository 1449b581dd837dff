package org.clusterbackup.repository.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import javax.xml.stream.XMLStreamException;
import org.junit.jupiter.api.Test;

/** Answers that no honest server gives. */
class S3AnswersTest {
    private static final String CUT = "<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated>"
            + "<Contents><Key>packs/ab/one</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
            + "<ETag>\"x\"</ETag><Size>1</Size></Contents></ListBucketResult>";

    @Test
    void aListingThatEndsBeforeItsEndIsAnError() throws Exception {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.sendResponseHeaders(200, CUT.length());
            exchange.getResponseBody().write(CUT.getBytes(UTF_8));
            exchange.close();
        });
        server.start();
        var options = StoreOptions.defaults()
                .withS3Keys(new S3Keys("key", "secret-secret"))
                .withS3Region("us-east-1")
                .withRetryFor(Duration.ZERO);
        var url = "s3:http://127.0.0.1:" + server.getAddress().getPort() + "/bucket";
        try (var store = Stores.open(url, options)) {
            assertThatThrownBy(() -> store.list("packs", info -> {})).hasMessageContaining("there is more");
            assertThatThrownBy(() -> store.children("packs")).hasMessageContaining("there is more");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aListOfUploadsThatEndsBeforeItsEndIsAnError() {
        var cut = "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>";

        assertThatThrownBy(() -> S3Uploads.parse(new ByteArrayInputStream(cut.getBytes(UTF_8))))
                .isInstanceOf(XMLStreamException.class);
    }
}
