package org.clusterbackup.service.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quarkus.logging.json.runtime.JsonFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.LogContext;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.impl.Slf4jLoggerFactory;

/** Lines as our services log them, on their way through the logger, the filter and the JSON formatter of Quarkus. */
class LogFieldsTest {
    private static final String NAME = "org.clusterbackup.service.log.LogFieldsTest";

    /** Each line that is logged, as it would be written. */
    private static List<String> written(String logger, Consumer<Logger> logging) {
        var lines = new ArrayList<String>();
        var formatter = new JsonFormatter("mdc=fields");
        var handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (isLoggable(record)) {
                    lines.add(formatter.format(ExtLogRecord.wrap(record)));
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        handler.setFilter(new FieldsFilter());
        var target = LogContext.getLogContext().getLogger(logger);
        target.addHandler(handler);
        try {
            logging.accept(new Slf4jLoggerFactory().getLogger(logger));
        } finally {
            target.removeHandler(handler);
        }
        return lines;
    }

    private static JsonNode one(Consumer<Logger> logging) throws Exception {
        var lines = written(NAME, logging);
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst().strip()).doesNotContain("\n", "\r");
        return JsonMapper.builder().build().readTree(lines.getFirst());
    }

    private static Map<String, String> fields(String pattern, Object... values) throws Exception {
        var fields = one(log -> log.info(pattern, values)).get("fields");
        var texts = new TreeMap<String, String>();
        fields.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().textValue()));
        return texts;
    }

    @Test
    void eachFieldIsAMember() throws Exception {
        var line = one(log -> log.warn("copied target={} packs={}: {}", "vault", 3, "all there"));

        assertThat(line.get("message").textValue()).isEqualTo("copied target=vault packs=3: all there");
        assertThat(line.get("level").textValue()).isEqualTo("WARN");
        assertThat(line.get("fields").properties()).hasSize(2);
        assertThat(line.at("/fields/target").textValue()).isEqualTo("vault");
        assertThat(line.at("/fields/packs").textValue()).isEqualTo("3");
    }

    @Test
    void aValueIsWhatItIsAndMakesNoFieldOfItsOwn() throws Exception {
        var forged = List.of(
                "x run=forged",
                "run=forged",
                "x run=good",
                "\"}\n{\"run\":\"forged\"}",
                "a\r\nb\u0000c\u2028d\u001b[31m",
                "=",
                "",
                " ",
                "reason=",
                "null",
                "x".repeat(100_000),
                "a=b run=x ".repeat(10_000));
        for (var value : forged) {
            assertThat(fields("failed run={} reason={}", "good", value))
                    .isEqualTo(Map.of("run", "good", "reason", value));
            assertThat(fields("failed reason={} run={}", value, "good"))
                    .isEqualTo(Map.of("run", "good", "reason", value));
            assertThat(fields("failed run={}: {}", "good", value)).isEqualTo(Map.of("run", "good"));
            assertThat(fields("{}", value)).isEmpty();
        }
    }

    @Test
    void aValueThatTheLineHasElsewhereIsFoundInItsPlace() throws Exception {
        assertThat(fields("not reconciled kind={} target={}: {}", "target", "target", "kind"))
                .isEqualTo(Map.of("kind", "target", "target", "target"));
        assertThat(fields("published {} key={}", "Foo", "Foo bar")).isEqualTo(Map.of("key", "Foo bar"));
        assertThat(fields("cannot find a thing run={} run={}", "a", "a")).isEqualTo(Map.of("run", "a"));
    }

    @Test
    void anExceptionIsNoField() throws Exception {
        var line = one(
                log -> log.error("broke source={}", "brick/a", new IllegalStateException("run=forged\nsource=forged")));

        assertThat(line.get("fields").properties()).hasSize(1);
        assertThat(line.at("/fields/source").textValue()).isEqualTo("brick/a");
        assertThat(line.at("/exception/message").textValue()).contains("forged");
    }

    @Test
    void whatOthersLogIsLeftAlone() throws Exception {
        var lines = written("org.apache.example", log -> log.warn("sent group={}", "g"));

        assertThat(lines).hasSize(1).allMatch(line -> line.contains("\"fields\":{}"));
    }
}
