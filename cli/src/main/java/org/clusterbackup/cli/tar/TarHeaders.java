package org.clusterbackup.cli.tar;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * The headers before one member: the records of POSIX {@code x}, GNU's long names, and the header itself. Whatever two
 * programs could read differently is refused: what is judged here must be what GNU tar then does.
 */
final class TarHeaders {
    static final int BLOCK = 512;

    private static final int NAME = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int TYPE_AT = 156;
    private static final int LINK_AT = 157;
    private static final int MAGIC_AT = 257;
    private static final String MAGIC = "ustar";
    private static final int PREFIX_AT = 345;
    private static final int PREFIX_LENGTH = 155;
    /** Records that change where a member goes or how long it is. */
    private static final Set<String> DECISIVE = Set.of("path", "linkpath", "size", "GNU.sparse.name");

    private final Map<String, String> records = new HashMap<>();

    static boolean isZero(byte[] block) {
        for (var b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    static void requireChecksum(byte[] block) throws BackupException {
        var sum = 0;
        for (var i = 0; i < BLOCK; i++) {
            var inField = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_LENGTH;
            sum += inField ? ' ' : block[i] & 0xff;
        }
        if (sum != number(block, CHECKSUM_AT, CHECKSUM_LENGTH)) {
            throw bad("a header has a wrong checksum");
        }
    }

    /** As POSIX's form has it, and GNU's own. */
    static boolean hasMagic(byte[] block) {
        return text(block, MAGIC_AT, MAGIC.length()).equals(MAGIC);
    }

    static boolean isPosix(byte[] block) {
        return hasMagic(block) && block[MAGIC_AT + MAGIC.length()] == 0;
    }

    static char type(byte[] block) {
        return (char) (block[TYPE_AT] & 0xff);
    }

    /** Octal digits, or GNU's binary form for what they cannot hold. */
    static long number(byte[] block, int at, int length) throws BackupException {
        if ((block[at] & 0x80) != 0) {
            var value = block[at] & 0x3fL;
            for (var i = at + 1; i < at + length; i++) {
                if (value >>> 55 != 0 || (block[at] & 0x40) != 0) {
                    throw bad("a header has a number out of range");
                }
                value = (value << 8) | (block[i] & 0xff);
            }
            return value;
        }
        var text = text(block, at, length).strip();
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text, 8);
        } catch (NumberFormatException e) {
            throw bad("a header has a bad number");
        }
    }

    static long size(byte[] block) throws BackupException {
        return number(block, SIZE_AT, SIZE_LENGTH);
    }

    /** A GNU long name or link name: the payload of a member of type {@code L} or {@code K}. */
    void longName(char type, byte[] payload) throws BackupException {
        put(type == 'L' ? "path" : "linkpath", text(payload, 0, payload.length));
    }

    /** The payload of a member of type {@code x}: lines of {@code <length> <key>=<value>}. */
    void extended(byte[] payload) throws BackupException {
        parse(payload, this::put);
    }

    /** The payload of a member of type {@code g}, which holds for all that follows: it must not decide anything. */
    static void global(byte[] payload) throws BackupException {
        parse(payload, (key, value) -> {
            if (DECISIVE.contains(key) || key.startsWith("GNU.sparse")) {
                throw bad("a global header sets " + key);
            }
        });
    }

    /** Whether the member's bytes begin with a {@link SparseMap}. */
    boolean hasMap() {
        return records.containsKey("GNU.sparse.major") && !"0".equals(records.get("GNU.sparse.major"));
    }

    private interface EachRecord {
        void accept(String key, String value) throws BackupException;
    }

    private static void parse(byte[] payload, EachRecord each) throws BackupException {
        var text = new String(payload, StandardCharsets.ISO_8859_1);
        var at = 0;
        while (at < text.length() && text.charAt(at) != 0) {
            var blank = text.indexOf(' ', at);
            var end = blank < 0 ? -1 : at + length(text.substring(at, blank));
            if (end <= blank || end > text.length() || text.charAt(end - 1) != '\n') {
                throw bad("an extended header is malformed");
            }
            var record = text.substring(blank + 1, end - 1);
            var equals = record.indexOf('=');
            if (equals <= 0) {
                throw bad("an extended header is malformed");
            }
            each.accept(record.substring(0, equals), record.substring(equals + 1));
            at = end;
        }
    }

    private static int length(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private void put(String key, String value) throws BackupException {
        if (records.put(key, value) != null && DECISIVE.contains(key)) {
            throw bad("a member has two of " + key);
        }
    }

    /** @param block the member's own header */
    TarEntry entry(byte[] block) throws BackupException {
        var type = type(type(block));
        var name = records.getOrDefault("path", headerName(block));
        var link = records.getOrDefault("linkpath", text(block, LINK_AT, NAME));
        return new TarEntry(type, records.getOrDefault("GNU.sparse.name", name), link, length(type, block));
    }

    private long length(TarEntry.Type type, byte[] block) throws BackupException {
        var text = records.get("size");
        long size;
        try {
            size = text == null ? size(block) : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw bad("a member has a bad size");
        }
        if (size < 0 || (size > 0 && type != TarEntry.Type.FILE)) {
            throw bad("a member that is no file has a size");
        }
        return size;
    }

    private static TarEntry.Type type(char type) throws BackupException {
        return switch (type) {
            case '\0', '0', '7', 'S' -> TarEntry.Type.FILE;
            case '1' -> TarEntry.Type.HARD_LINK;
            case '2' -> TarEntry.Type.SYMBOLIC_LINK;
            case '3', '4' -> TarEntry.Type.DEVICE;
            case '5' -> TarEntry.Type.FOLDER;
            case '6' -> TarEntry.Type.FIFO;
            default -> throw bad("a member is of the unknown type '" + type + "'");
        };
    }

    private static String headerName(byte[] block) {
        var name = text(block, 0, NAME);
        // GNU's own form has other fields where POSIX has the prefix
        var prefix = isPosix(block) ? text(block, PREFIX_AT, PREFIX_LENGTH) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private static String text(byte[] bytes, int at, int length) {
        var end = at;
        while (end < at + length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
    }

    static BackupException bad(String reason) {
        return new BackupException(Kind.DAMAGED, "this is no tar archive that can be restored safely: " + reason);
    }
}
