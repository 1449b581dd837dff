package org.clusterbackup.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is done to an event, its JSON Schema and the codec say the same about it. */
class SchemaAgreementTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Values that break one form or another; each is put in the place of each member. */
    private static final List<JsonNode> STRANGE = List.of(
            NODES.nullNode(),
            NODES.numberNode(-1),
            NODES.numberNode(1.5),
            NODES.numberNode(7),
            NODES.booleanNode(true),
            NODES.textNode(""),
            NODES.textNode(".."),
            NODES.textNode("../../etc"),
            NODES.textNode("a//b"),
            NODES.textNode("ledger/x"),
            NODES.textNode("UPPER"),
            NODES.textNode("a b\u0007"),
            NODES.textNode("x".repeat(600)),
            NODES.textNode("2026-11-22T03:00:00+01:00"),
            NODES.textNode("2026-11-22T03:00:00.123456789Z"),
            NODES.textNode("read-back"),
            NODES.arrayNode(),
            NODES.arrayNode().add(3),
            NODES.arrayNode().add("brick/*").add("etcd/main"),
            NODES.arrayNode().addNull(),
            NODES.arrayNode().add(NODES.objectNode()),
            NODES.objectNode());

    record Case(Topic topic, String what, JsonNode json) {
        @Override
        public String toString() {
            return topic.name() + ": " + what;
        }
    }

    static Stream<Case> examples() throws Exception {
        var cases = new ArrayList<Case>();
        for (var event : Examples.ALL) {
            cases.add(new Case(Topics.of(event), "example", json(event)));
        }
        return cases.stream();
    }

    static Stream<Case> missing() throws Exception {
        return examples().flatMap(example -> names(example)
                .map(name ->
                        new Case(example.topic, "without " + name, copy(example).without(name))));
    }

    static Stream<Case> strange() throws Exception {
        return examples().flatMap(example -> names(example).flatMap(name -> STRANGE.stream()
                .map(value -> new Case(
                        example.topic,
                        name + " is " + clip(value),
                        copy(example).set(name, value)))));
    }

    static Stream<Case> unknown() throws Exception {
        return examples()
                .map(example ->
                        new Case(example.topic, "one more", copy(example).put("source-s", "x")));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleIsValid(Case example) {
        assertThat(SCHEMAS.getSchema(schemaText(example.topic)).validate(example.json.toString(), InputFormat.JSON))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource({"examples", "missing", "strange", "unknown"})
    void schemaAndCodecAgree(Case given) {
        var bySchema = schema(given.topic)
                .validate(given.json.toString(), InputFormat.JSON)
                .isEmpty();
        var byCodec = EventCodec.decode(given.topic, null, Examples.bytes(given.json.toString()), Map.of());

        assertThat(byCodec).isInstanceOf(bySchema ? Decoded.Event.class : Decoded.Rejection.class);
    }

    private static Schema schema(Topic topic) {
        return SCHEMAS.getSchema(schemaText(topic));
    }

    private static String schemaText(Topic topic) {
        try {
            return Contract.schema(topic);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode json(BackupEvent event) throws Exception {
        return JSON.readTree(EventCodec.encode(event));
    }

    private static ObjectNode copy(Case example) {
        return example.json.deepCopy();
    }

    private static Stream<String> names(Case example) {
        return example.json.properties().stream().map(Map.Entry::getKey);
    }

    private static String clip(JsonNode value) {
        var text = value.toString();
        return text.length() < 40 ? text : text.substring(0, 40);
    }
}
