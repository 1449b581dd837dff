package org.clusterbackup.repository.crypto;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The few encodings of RFC 4251 that keys and signatures use. */
final class SshWire {
    private SshWire() {}

    /** Appends to a growing message. */
    static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Writer raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Writer uint32(int value) {
            return raw(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
        }

        Writer string(byte[] bytes) {
            return uint32(bytes.length).raw(bytes);
        }

        Writer string(String text) {
            return string(text.getBytes(StandardCharsets.UTF_8));
        }

        int size() {
            return out.size();
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }

    /** Takes a message apart; every method throws {@link IllegalArgumentException} when the bytes do not hold it. */
    static final class Reader {
        private final ByteBuffer in;

        Reader(byte[] bytes) {
            in = ByteBuffer.wrap(bytes);
        }

        byte[] raw(int length) {
            if (length < 0 || length > in.remaining()) {
                throw new IllegalArgumentException("it is cut short");
            }
            var bytes = new byte[length];
            in.get(bytes);
            return bytes;
        }

        int uint32() {
            return ByteBuffer.wrap(raw(Integer.BYTES)).getInt();
        }

        byte[] string() {
            return raw(uint32());
        }

        void expectRaw(byte[] expected, String what) {
            if (!Arrays.equals(expected, raw(Math.min(expected.length, in.remaining())))) {
                throw new IllegalArgumentException("it has no " + what);
            }
        }

        void expectString(String expected, String what) {
            var found = new String(string(), StandardCharsets.UTF_8);
            if (!found.equals(expected)) {
                throw new IllegalArgumentException(
                        "its " + what + " is not " + (expected.isEmpty() ? "empty" : expected));
            }
        }

        void expectEnd() {
            if (in.hasRemaining()) {
                throw new IllegalArgumentException("it has bytes too many");
            }
        }
    }
}
