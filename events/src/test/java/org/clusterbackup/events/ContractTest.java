package org.clusterbackup.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed contract is the one that the code follows; {@code -Dcontract.write=true} writes it anew. */
class ContractTest {
    private static final String PLACE = "src/main/resources/org/clusterbackup/events/";

    static Iterable<Topic> topics() {
        return Topics.EVENTS;
    }

    @ParameterizedTest
    @MethodSource("topics")
    void schemaIsThatOfTheRecord(Topic topic) throws Exception {
        assertCommitted("schemas/" + topic.name() + ".json", Contract.schema(topic));
    }

    @Test
    void asyncApiIsThatOfTheTopics() throws Exception {
        assertCommitted("asyncapi.yaml", Contract.asyncApi());
    }

    @Test
    void everyReferenceInAsyncApiLeadsSomewhere() throws Exception {
        var document = new YAMLMapper().readTree(resource("asyncapi.yaml"));

        assertThat(document.at("/asyncapi").asText()).isEqualTo("3.0.0");
        assertThat(document.findValuesAsText("$ref")).isNotEmpty().allSatisfy(reference -> assertThat(
                        leadsSomewhere(document, reference))
                .isTrue());
    }

    @Test
    void everyEventHasItsTopicAndEveryTopicItsEvent() {
        var events = Arrays.stream(BackupEvent.class.getPermittedSubclasses())
                .filter(type -> type != SourceRetired.class)
                .map(Class::getName)
                .toList();

        assertThat(Topics.EVENTS.stream()
                        .map(topic -> topic.event().orElseThrow().getName())
                        .toList())
                .containsExactlyInAnyOrderElementsOf(events);
    }

    private static boolean leadsSomewhere(JsonNode document, String reference) {
        return reference.startsWith("#")
                ? !document.at(reference.substring(1)).isMissingNode()
                : ContractTest.class.getResource(reference) != null;
    }

    private static void assertCommitted(String name, String expected) throws Exception {
        if (Boolean.getBoolean("contract.write")) {
            Files.writeString(Path.of(PLACE + name), expected);
        } else {
            assertThat(resource(name)).isEqualTo(expected);
        }
    }

    private static String resource(String name) throws Exception {
        try (var in = ContractTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
