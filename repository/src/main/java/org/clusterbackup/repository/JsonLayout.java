package org.clusterbackup.repository;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The JSON layout of {@code docs/format.md}: one top-level member a line, so that {@code sed} can read what we write.
 * Reading takes any strict JSON object, within limits that keep a hostile file from costing more than its size.
 */
public final class JsonLayout {
    /** No signed file of a repository is longer; a ledger entry of 10,000 sources has about 3 MB. */
    public static final int MAX_BYTES = 16 << 20;

    private static final int MAX_DEPTH = 16;
    private static final int MAX_NUMBER_DIGITS = 40;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_DIGITS)
                            .maxDocumentLength(MAX_BYTES)
                            .maxStringLength(MAX_BYTES)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonLayout() {}

    /** An empty object to fill in the order of the format's table. */
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** The bytes that are signed and stored. */
    public static byte[] write(ObjectNode object) {
        var out = new StringBuilder("{\n");
        var fields = object.properties().iterator();
        while (fields.hasNext()) {
            var field = fields.next();
            out.append("  ").append(text(field.getKey())).append(": ").append(text(field.getValue()));
            out.append(fields.hasNext() ? ",\n" : "\n");
        }
        return out.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    /**
     * The members of the object {@code name} that {@code bytes} hold.
     *
     * @throws BackupException {@code DAMAGED}, naming the object, unless they are one JSON object in UTF-8 without
     *     duplicate members and within the limits
     */
    public static JsonMembers parse(String name, byte[] bytes) throws BackupException {
        if (bytes.length > MAX_BYTES) {
            throw new BackupException(Kind.DAMAGED, name + " is longer than 16 MiB");
        }
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (JSON.readTree(text) instanceof ObjectNode object) {
                return new JsonMembers(name, object);
            }
            throw new BackupException(Kind.DAMAGED, name + " is not a JSON object");
        } catch (JsonProcessingException e) {
            throw new BackupException(Kind.DAMAGED, name + " is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (CharacterCodingException e) {
            throw new BackupException(Kind.DAMAGED, name + " is not UTF-8", e);
        }
    }
}
