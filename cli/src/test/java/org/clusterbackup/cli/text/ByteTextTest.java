package org.clusterbackup.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteTextTest {
    private static String utf8(String text) {
        return ByteText.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readableTextIsItself() {
        assertThat(ByteText.ofRaw("/registry/pods/a b")).isEqualTo("/registry/pods/a b");
        assertThat(utf8("/größe/鍵/🔑")).isEqualTo("/größe/鍵/🔑");
    }

    @Test
    void whatIsNoTextIsEscapedByteByByte() {
        assertThat(ByteText.ofRaw("/\u0000\u00ff\n")).isEqualTo("/\\x00\\xff\\x0a");
        assertThat(ByteText.ofRaw("\u001b[2J")).isEqualTo("\\x1b[2J");
        assertThat(utf8("a\u202eb")).isEqualTo("a\\xe2\\x80\\xaeb");
    }

    @Test
    void anEscapeThatWasAKeyIsToldFromOne() {
        assertThat(ByteText.ofRaw("\\x00")).isEqualTo("\\\\x00");
        assertThat(ByteText.ofRaw("\u00ff\\x00")).isEqualTo("\\xff\\\\x00");
    }

    @Test
    void everyByteComesBackFromWhatIsShown() {
        // Given each byte, in a name that is text and in one that is none
        var all = new StringBuilder();
        for (var value = 0; value < 256; value++) {
            all.append((char) value);
        }

        // When, then
        assertThat(ByteText.parseRaw(ByteText.ofRaw(all.toString()))).isEqualTo(all.toString());
        assertThat(ByteText.parseRaw(ByteText.ofRaw("a\n\\b"))).isEqualTo("a\n\\b");
        assertThat(ByteText.parseRaw("ö")).isEqualTo("\u00c3\u00b6");
    }

    @Test
    void aPathHasItsBytesWhateverFoldersThisMachineHas() {
        assertThat(ByteText.raw(Path.of("a b/%41/ö"))).isEqualTo("a b/%41/\u00c3\u00b6");
        assertThat(ByteText.raw(Path.of("proc"))).isEqualTo("proc");
        assertThat(ByteText.of(Path.of("a\\b"))).isEqualTo("a\\\\b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\", "\\n", "\\x", "\\xf", "\\xzz", "\\x-1"})
    void whatNobodyWroteSoIsRefused(String text) {
        assertThatThrownBy(() -> ByteText.parseRaw(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
