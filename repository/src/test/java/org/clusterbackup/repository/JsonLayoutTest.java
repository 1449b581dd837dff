package org.clusterbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLayoutTest {
    @Test
    void writesOneMemberALine() {
        var object = JsonLayout.object().put("format", 1).put("text", "a \"b\"\né");
        object.putArray("list").add(1).add("x");
        object.putObject("deep").put("a", true);

        assertThat(new String(JsonLayout.write(object), StandardCharsets.UTF_8)).isEqualTo("""
                        {
                          "format": 1,
                          "text": "a \\"b\\"\\né",
                          "list": [1,"x"],
                          "deep": {"a":true}
                        }
                        """);
    }

    @Test
    void readsWhatItWrote() throws BackupException {
        var members = JsonLayout.parse(
                "x.json", JsonLayout.write(JsonLayout.object().put("format", 1).put("n", 5)));

        assertThat(members.requireFormat(1).number("n")).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "1",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1} x",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"a\":1,}",
                "\uFEFF{}"
            })
    void refusesWhatIsNoStrictObject(String text) {
        assertThatThrownBy(() -> JsonLayout.parse("x.json", text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("x.json");
    }

    @Test
    void refusesDepthAndOtherEncodings() {
        var deep = "{\"a\":" + "[".repeat(20) + "]".repeat(20) + "}";
        assertThatThrownBy(() -> JsonLayout.parse("deep", deep.getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("deep");
        assertThatThrownBy(() -> JsonLayout.parse("utf16", "{}".getBytes(StandardCharsets.UTF_16BE)))
                .isInstanceOf(BackupException.class);
        assertThatThrownBy(() -> JsonLayout.parse("bad", new byte[] {'{', (byte) 0xff, '}'}))
                .hasMessageContaining("UTF-8");
    }

    @Test
    void anUnknownFormatIsToldFromDamage() {
        assertThatThrownBy(() -> JsonLayout.parse("x.json", "{\"format\":2}".getBytes(StandardCharsets.UTF_8))
                        .requireFormat(1))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNKNOWN_FORMAT));
    }
}
