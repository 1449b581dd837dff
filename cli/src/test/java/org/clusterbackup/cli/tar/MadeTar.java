package org.clusterbackup.cli.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** An archive made by hand, so that it may be what no tar makes. */
final class MadeTar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void member(char type, String name, String link, String content) {
        var body = content.getBytes(StandardCharsets.UTF_8);
        var header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", body.length));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar");
        put(header, 263, "00");
        var sum = 0;
        for (var b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o", sum) + "\0 ");
        bytes.writeBytes(header);
        bytes.writeBytes(body);
        bytes.writeBytes(new byte[(512 - body.length % 512) % 512]);
    }

    private static void put(byte[] header, int at, String text) {
        var field = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(field, 0, header, at, field.length);
    }

    static String pax(String key, String value) {
        var tail = " " + key + "=" + value + "\n";
        var length = tail.length() + 1;
        while (String.valueOf(length).length() + tail.length() != length) {
            length++;
        }
        return length + tail;
    }

    /** Two blocks of zeros. */
    void end() {
        bytes.writeBytes(new byte[1024]);
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
