package org.clusterbackup.cli.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import org.junit.jupiter.api.Test;

class ValueTextsTest {
    private static final ByteString MAGIC = ByteString.copyFromUtf8("k8s\0");

    private static UnknownFieldSet message(int number, ByteString... values) {
        var field = Field.newBuilder();
        for (var value : values) {
            field.addLengthDelimited(value);
        }
        return UnknownFieldSet.newBuilder().addField(number, field.build()).build();
    }

    @Test
    void textsOfAProtobufStandForThemselves() {
        // Given a message in a message, whose text is followed by a field that begins with the letter "2" or "X"
        var inner = UnknownFieldSet.newBuilder()
                .mergeFrom(message(5, ByteString.copyFromUtf8("node1")))
                .mergeFrom(message(6, ByteString.copyFromUtf8("other")))
                .build()
                .toByteString();
        assertThat(inner.toStringUtf8()).contains("node12");

        // When
        var texts = ValueTexts.of(MAGIC.concat(message(2, inner).toByteString()));

        // Then
        assertThat(texts).contains("node1", "other");
    }

    @Test
    void anythingElseIsOneText() {
        assertThat(ValueTexts.of(ByteString.copyFromUtf8("{\"a\":\"node1\"}"))).containsExactly("{\"a\":\"node1\"}");
        assertThat(ValueTexts.of(ByteString.EMPTY)).containsExactly("");
    }

    @Test
    void brokenProtobufIsOneText() {
        assertThat(ValueTexts.of(MAGIC.concat(ByteString.copyFromUtf8("\u007f\u007f node1"))))
                .singleElement()
                .asString()
                .contains("node1");
    }

    @Test
    void endlessNestingEnds() {
        var bytes = ByteString.copyFromUtf8("node1");
        for (var i = 0; i < 2000; i++) {
            bytes = message(1, bytes).toByteString();
        }

        assertThat(ValueTexts.of(MAGIC.concat(bytes))).isNotEmpty();
    }

    @Test
    void encryptedValuesAreKnown() {
        assertThat(ValueTexts.isEncrypted(ByteString.copyFromUtf8("k8s:enc:aescbc:v1:key1:xx")))
                .isTrue();
        assertThat(ValueTexts.isEncrypted(MAGIC)).isFalse();
    }
}
