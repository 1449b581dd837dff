package org.clusterbackup.cli.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KeyTextTest {
    private static String of(String latin1) {
        return KeyText.of(ByteString.copyFrom(latin1, StandardCharsets.ISO_8859_1));
    }

    @Test
    void readableTextIsItself() {
        assertThat(of("/registry/pods/a b")).isEqualTo("/registry/pods/a b");
        assertThat(KeyText.of(ByteString.copyFromUtf8("/größe/鍵/🔑"))).isEqualTo("/größe/鍵/🔑");
    }

    @Test
    void whatIsNoTextIsEscapedByteByByte() {
        assertThat(of("/\u0000\u00ff\n")).isEqualTo("/\\x00\\xff\\x0a");
        assertThat(of("\u001b[2J")).isEqualTo("\\x1b[2J");
        assertThat(KeyText.of(ByteString.copyFromUtf8("a\u202eb"))).isEqualTo("a\\xe2\\x80\\xaeb");
    }

    @Test
    void anEscapeThatWasAKeyIsToldFromOne() {
        assertThat(of("\\x00")).isEqualTo("\\\\x00");
        assertThat(of("\u00ff\\x00")).isEqualTo("\\xff\\\\x00");
    }
}
