package org.clusterbackup.repository.store;

import io.minio.BucketArgs;
import io.minio.Http;
import io.minio.ListMultipartUploadsArgs;
import io.minio.MinioAsyncClient;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import okhttp3.Response;

/** Lists uploads in parts. The SDK's own list insists on who began an upload, which SeaweedFS does not tell. */
final class S3Uploads extends MinioAsyncClient {
    S3Uploads(MinioAsyncClient client) {
        super(client);
    }

    record Upload(String key, String id, Instant begun) {}

    /** Where the next page begins; both empty at the first and after the last. */
    record Marker(String key, String uploadId) {
        static final Marker NONE = new Marker("", "");
    }

    record Page(List<Upload> uploads, Marker next) {}

    CompletableFuture<Page> page(String bucket, String prefix, Marker from) {
        var query = new Http.QueryParameters("uploads", "", "max-uploads", "1000", "prefix", prefix);
        if (!from.equals(Marker.NONE)) {
            query.put("key-marker", from.key());
            query.put("upload-id-marker", from.uploadId());
        }
        BucketArgs args = ListMultipartUploadsArgs.builder().bucket(bucket).build();
        return executeGetAsync(args, new Http.Headers(), query).thenApply(S3Uploads::read);
    }

    private static Page read(Response response) {
        try (response;
                var in = response.body().byteStream()) {
            return parse(in);
        } catch (IOException | XMLStreamException | DateTimeParseException e) {
            throw new CompletionException(e);
        }
    }

    /** Takes what stands in {@code ListMultipartUploadsResult} and in its {@code Upload} elements, in any order. */
    static Page parse(InputStream in) throws XMLStreamException {
        var factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        var reader = factory.createXMLStreamReader(in);
        var uploads = new ArrayList<Upload>();
        var top = new HashMap<String, String>();
        var upload = new HashMap<String, String>();
        var text = new StringBuilder();
        for (var depth = 0; reader.hasNext(); ) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    depth++;
                    text.setLength(0);
                }
                case XMLStreamConstants.CHARACTERS -> text.append(reader.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    end(reader, depth, text.toString().strip(), top, upload, uploads);
                    depth--;
                }
                default -> {
                    // Comments and the like.
                }
            }
        }
        var more = top.getOrDefault("IsTruncated", "false").equals("true");
        var next = new Marker(top.getOrDefault("NextKeyMarker", ""), top.getOrDefault("NextUploadIdMarker", ""));
        if (more && next.equals(Marker.NONE)) {
            throw new XMLStreamException("the server says that there is more, and not where");
        }
        return new Page(uploads, more ? next : Marker.NONE);
    }

    private static void end(
            XMLStreamReader reader,
            int depth,
            String text,
            Map<String, String> top,
            Map<String, String> upload,
            List<Upload> uploads) {
        var name = reader.getLocalName();
        if (depth == 2 && name.equals("Upload")) {
            uploads.add(new Upload(
                    upload.getOrDefault("Key", ""),
                    upload.getOrDefault("UploadId", ""),
                    Instant.parse(upload.getOrDefault("Initiated", "1970-01-01T00:00:00Z"))));
            upload.clear();
        } else if (depth == 2) {
            top.put(name, text);
        } else if (depth == 3) {
            upload.put(name, text);
        }
    }
}
