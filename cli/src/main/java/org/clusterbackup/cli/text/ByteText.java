package org.clusterbackup.cli.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Names that may be any bytes, for people: what a terminal would not show, or would obey, is written as {@code \xHH}, and a
 * backslash twice.
 */
public final class ByteText {
    private static final Pattern ESCAPE = Pattern.compile("\\\\x[0-9a-fA-F]{2}");
    private static final int HEX = 16;
    private static final int ESCAPE_CHARS = 4;

    private ByteText() {}

    /** One line, from which the bytes can be told. */
    public static String of(byte[] bytes) {
        var text = new StringBuilder();
        try {
            var decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            decoded.codePoints().forEach(point -> {
                if (point == '\\') {
                    text.append("\\\\");
                } else if (readable(point)) {
                    text.appendCodePoint(point);
                } else {
                    escape(text, Character.toString(point).getBytes(StandardCharsets.UTF_8));
                }
            });
            return text.toString();
        } catch (CharacterCodingException e) {
            return ofNoText(bytes);
        }
    }

    private static String ofNoText(byte[] bytes) {
        var text = new StringBuilder();
        for (var value : bytes) {
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

    /** The same for a relative path. */
    public static String of(Path path) {
        return ofRaw(raw(path));
    }

    /** A relative path with each byte a character: its URI has its bytes, which Java's text of it has not. */
    public static String raw(Path path) {
        var uri = Path.of("/").resolve(path).toUri().getRawPath();
        // Where this machine happens to have a folder of that name, there is a slash at the end.
        var end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
        var raw = new StringBuilder();
        for (var at = 1; at < end; at++) {
            if (uri.charAt(at) == '%') {
                raw.append((char) Integer.parseInt(uri, at + 1, at + 3, HEX));
                at += 2;
            } else {
                raw.append(uri.charAt(at));
            }
        }
        return raw.toString();
    }

    /** The same for a name whose characters are its bytes. */
    public static String ofRaw(String raw) {
        return of(raw.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * The bytes that {@link #of} would write so, as characters.
     *
     * @throws IllegalArgumentException if a backslash begins neither {@code \xHH} nor a second one
     */
    public static String parseRaw(String text) {
        var bytes = new ByteArrayOutputStream();
        for (var at = 0; at < text.length(); ) {
            var point = text.codePointAt(at);
            if (point != '\\') {
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                at += Character.charCount(point);
            } else if (text.startsWith("\\\\", at)) {
                bytes.write('\\');
                at += 2;
            } else if (ESCAPE.matcher(text).region(at, text.length()).lookingAt()) {
                bytes.write(Integer.parseInt(text, at + 2, at + ESCAPE_CHARS, HEX));
                at += ESCAPE_CHARS;
            } else {
                throw new IllegalArgumentException("a backslash is written as \\\\, another byte as \\xHH: " + text);
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
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
