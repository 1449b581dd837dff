package org.clusterbackup.cli.etcd;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/** Keys for people: what a terminal would not show, or would obey, is written as {@code \xHH}, and a backslash twice. */
public final class KeyText {
    private KeyText() {}

    /** One line, from which the bytes can be told. */
    public static String of(ByteString key) {
        var text = new StringBuilder();
        if (key.isValidUtf8()) {
            key.toStringUtf8().codePoints().forEach(point -> {
                if (point == '\\') {
                    text.append("\\\\");
                } else if (readable(point)) {
                    text.appendCodePoint(point);
                } else {
                    escape(text, Character.toString(point).getBytes(StandardCharsets.UTF_8));
                }
            });
            return text.toString();
        }
        for (var value : key.toByteArray()) {
            if (value == '\\') {
                text.append("\\\\");
            } else if (value >= ' ' && value <= '~') {
                text.append((char) value);
            } else {
                escape(text, value);
            }
        }
        return text.toString();
    }

    private static boolean readable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static void escape(StringBuilder text, byte... bytes) {
        for (var value : bytes) {
            text.append(String.format("\\x%02x", value));
        }
    }
}
