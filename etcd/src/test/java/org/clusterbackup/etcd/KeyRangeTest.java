package org.clusterbackup.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    private static byte[] bytes(int... values) {
        var bytes = new byte[values.length];
        for (var i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] end(int... prefix) {
        return KeyRange.prefix(bytes(prefix)).end().toByteArray();
    }

    @Test
    void aPrefixEndsBeforeTheNextOne() {
        assertThat(end('/', 'x')).isEqualTo(bytes('/', 'y'));
        assertThat(end('a', 0xff, 0xff)).isEqualTo(bytes('b'));
        assertThat(end(0x7f)).isEqualTo(bytes(0x80));
    }

    @Test
    void behindTheLastPrefixThereIsNothing() {
        assertThat(end(0xff, 0xff)).isEqualTo(bytes(0));
        assertThat(KeyRange.prefix(bytes()))
                .isEqualTo(new KeyRange(ByteString.copyFrom(bytes(0)), ByteString.copyFrom(bytes(0))));
    }
}
