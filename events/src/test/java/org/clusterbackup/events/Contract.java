package org.clusterbackup.events;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Generates the published contract from the records and {@link Topics}; the committed files must equal it. */
final class Contract {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Map<String, String> SUMMARIES = Map.of(
            "backup-requested", "Somebody wants a backup; an empty object asks for everything",
            "backup-cancelled", "A run, or some sources of it, is not wanted any more",
            "artifact-ready", "A manifest is committed in staging",
            "artifact-shipped", "An artifact is at a target, whole and verified",
            "backup-failed", "Something went wrong with a source; final or to be tried again",
            "backup-progress", "How far the work on a source is, and the packs stored since the last one",
            "backup-sources", "What can be backed up, renewed regularly; a tombstone retires a source",
            "recovery-point-due", "Nothing more is to be waited for at a target",
            "recovery-point-reached", "An entry stands in a target's ledger, signed",
            "drill-entered", "What a drill found of a recovery point stands in a target's ledger, signed");

    private Contract() {}

    static String schema(Topic topic) throws Exception {
        var schema = JSON.createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$id", "https://clusterbackup.org/schemas/" + topic.name() + ".json");
        schema.put("title", topic.event().orElseThrow().getSimpleName());
        schema.put("description", SUMMARIES.get(topic.name()));
        schema.setAll(object(topic.event().orElseThrow()));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
    }

    private static ObjectNode object(Class<?> type) {
        var schema = JSON.createObjectNode().put("type", "object");
        var properties = schema.putObject("properties");
        var required = schema.putArray("required");
        for (var component : type.getRecordComponents()) {
            properties.set(Members.name(component), member(component));
            if (Members.required(component)) {
                required.add(Members.name(component));
            }
        }
        return schema.put("additionalProperties", !Members.CLOSED.contains(type));
    }

    private static ObjectNode member(RecordComponent component) {
        if (component.getType() != List.class) {
            return value(component);
        }
        var list = JSON.createObjectNode().put("type", "array").put("maxItems", Members.MAX_ITEMS);
        list.set("items", value(component));
        return list;
    }

    private static ObjectNode value(RecordComponent component) {
        var type = Members.element(component);
        var schema = JSON.createObjectNode();
        if (type == String.class) {
            var form = component.getAnnotation(Form.class).value();
            schema.put("type", "string").put("maxLength", form.maxLength());
            return form.free() ? schema : schema.put("pattern", "^(" + form.pattern() + ")$");
        } else if (type == Instant.class) {
            return schema.put("type", "string")
                    .put("format", "date-time")
                    .put("pattern", "^" + Members.TIME_PATTERN + "$");
        } else if (type == boolean.class) {
            return schema.put("type", "boolean");
        } else if (type == long.class || type == Long.class) {
            return schema.put("type", "integer").put("minimum", 0).put("maximum", Long.MAX_VALUE);
        } else if (type.isEnum()) {
            var words = schema.put("type", "string").putArray("enum");
            for (var constant : type.getEnumConstants()) {
                words.add(Members.word((Enum<?>) constant));
            }
            return schema;
        }
        return object(type);
    }

    static String asyncApi() {
        var text = new StringBuilder("""
                # Generated from the records and Topics.java; ContractTest compares.
                asyncapi: 3.0.0
                info:
                  title: cluster-backup
                  version: 1.0.0
                  description: >-
                    What the services of cluster-backup tell each other. CloudEvents 1.0 in binary mode, JSON data, at least once.
                    A plain JSON value without ce_ headers is accepted too. What does not parse goes to <topic>-rejected.
                  license:
                    name: Apache-2.0
                defaultContentType: application/json
                channels:
                """);
        for (var topic : Topics.ALL) {
            text.append("  %s:\n    address: %s\n".formatted(topic.name(), topic.name()));
            text.append("    messages:\n      %s:\n".formatted(messageOf(topic)));
            text.append("        $ref: '#/components/messages/%s'\n".formatted(messageOf(topic)));
            text.append("    bindings:\n      kafka:\n        bindingVersion: 0.5.0\n        partitions: %d\n"
                    .formatted(topic.partitions()));
            text.append("        x-topicConfiguration:\n");
            topic.settings().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(e -> text.append("          %s: '%s'\n".formatted(e.getKey(), e.getValue())));
        }
        text.append("operations:\n");
        for (var topic : Topics.ALL) {
            text.append("  on-%s:\n    action: receive\n    channel:\n".formatted(topic.name()));
            text.append("      $ref: '#/channels/%s'\n".formatted(topic.name()));
        }
        text.append("components:\n  messages:\n");
        for (var topic : Topics.EVENTS) {
            var name = topic.event().orElseThrow().getSimpleName();
            text.append("    %s:\n      name: %s\n".formatted(name, CloudEvent.type(topic)));
            text.append(
                    "      summary: %s\n      contentType: application/json\n".formatted(SUMMARIES.get(topic.name())));
            text.append("      traits:\n        - $ref: '#/components/messageTraits/cloudEvent'\n");
            text.append("      payload:\n        $ref: 'schemas/%s.json'\n".formatted(topic.name()));
        }
        return text.append("""
                    Rejected:
                      name: rejected
                      summary: A record of the topic without -rejected that did not parse, as it was
                      headers:
                        type: object
                        required: [%1$s, %2$s, %3$s, %4$s]
                        properties:
                          %1$s: {type: string}
                          %2$s: {type: string}
                          %3$s: {type: string}
                          %4$s: {type: string}
                      payload: {}
                  messageTraits:
                    cloudEvent:
                      headers:
                        type: object
                        properties:
                          ce_specversion: {type: string, const: '1.0'}
                          ce_id: {type: string}
                          ce_source: {type: string}
                          ce_type: {type: string}
                          ce_time: {type: string, format: date-time}
                          ce_subject: {type: string}
                          content-type: {type: string, const: application/json}
                """.formatted(Rejected.REASON, Rejected.TOPIC, Rejected.PARTITION, Rejected.OFFSET))
                .toString();
    }

    private static String messageOf(Topic topic) {
        return topic.event().map(Class::getSimpleName).orElse("Rejected");
    }
}
