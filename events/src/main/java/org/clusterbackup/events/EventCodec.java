package org.clusterbackup.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events as bytes and back. What comes in is hostile until proved otherwise; what goes out is checked the same way. */
public final class EventCodec {
    private static final int MAX_DEPTH = 8;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxDocumentLength(Topics.MAX_VALUE_BYTES)
                            .maxStringLength(Topics.MAX_VALUE_BYTES)
                            .maxNameLength(200)
                            .maxNumberLength(30)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private EventCodec() {}

    /**
     * The record's value; {@code null}, a tombstone, for {@link SourceRetired}.
     *
     * @throws IllegalArgumentException if the event breaks its own schema
     */
    public static byte @Nullable [] encode(BackupEvent event) {
        var json = Members.write(event);
        if (event instanceof SourceRetired) {
            return null;
        }
        var bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Topics.MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("event is longer than " + Topics.MAX_VALUE_BYTES + " bytes: "
                    + Topics.of(event) + " " + event.key());
        }
        return bytes;
    }

    /** Never throws, whatever the bytes. */
    public static Decoded decode(
            Topic topic, @Nullable String key, byte @Nullable [] value, Map<String, String> headers) {
        var objection = CloudEvent.objection(topic, headers);
        if (objection.isPresent()) {
            return new Decoded.Rejection(objection.get());
        }
        return value == null ? tombstone(topic, key) : decode(topic, value);
    }

    private static Decoded tombstone(Topic topic, @Nullable String key) {
        if (!topic.equals(Topics.BACKUP_SOURCES)) {
            return new Decoded.Rejection("record has no value");
        }
        return key != null && Text.SOURCE.allows(key)
                ? new Decoded.Event(new SourceRetired(key))
                : new Decoded.Rejection("key of a tombstone is not a source");
    }

    private static Decoded decode(Topic topic, byte[] value) {
        if (value.length > Topics.MAX_VALUE_BYTES) {
            return new Decoded.Rejection("value is longer than " + Topics.MAX_VALUE_BYTES + " bytes");
        }
        var type =
                topic.event().orElseThrow(() -> new IllegalArgumentException("topic has no events: " + topic.name()));
        try {
            return new Decoded.Event(Members.read(object(JSON.readTree(value)), type));
        } catch (JsonProcessingException e) {
            return new Decoded.Rejection("not JSON within limits" + place(e));
        } catch (IOException e) {
            return new Decoded.Rejection("not JSON in UTF-8");
        } catch (Members.Violation e) {
            return new Decoded.Rejection(e.reason());
        }
    }

    private static ObjectNode object(JsonNode node) throws Members.Violation {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new Members.Violation("value is not a JSON object");
    }

    /** Jackson's own message quotes the content, which may be anything. */
    private static String place(JsonProcessingException e) {
        var location = e.getLocation();
        return location == null ? "" : ": line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
