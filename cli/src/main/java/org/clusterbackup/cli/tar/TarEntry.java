package org.clusterbackup.cli.tar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One member of an archive as its header says. Names are what a person reads: bytes that are no UTF-8 are replaced in them,
 * so decisions are made on {@link #segments}, whose characters are the bytes themselves.
 */
record TarEntry(Type type, String rawName, String rawLink, long size) {
    enum Type {
        FILE,
        HARD_LINK,
        SYMBOLIC_LINK,
        DEVICE,
        FOLDER,
        FIFO
    }

    String name() {
        return readable(String.join("/", segments()));
    }

    boolean nameIsText() {
        return !name().contains("\uFFFD");
    }

    static String readable(String raw) {
        return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** The path's parts, without empty ones and {@code .}; empty for the archive's own root. */
    List<String> segments() {
        return segments(rawName);
    }

    List<String> linkSegments() {
        return segments(rawLink);
    }

    private static List<String> segments(String path) {
        var parts = new ArrayList<String>();
        for (var part : path.split("/", -1)) {
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        return parts;
    }

    /** Why nothing of that name may be made, whatever the destination; empty for a name that stays below it. */
    Optional<String> hostility() {
        return hostility("its name", rawName)
                .or(() -> type == Type.HARD_LINK ? hostility("the file it links to", rawLink) : Optional.empty());
    }

    private static Optional<String> hostility(String what, String path) {
        if (path.startsWith("/")) {
            return Optional.of(what + " is absolute: " + readable(path));
        }
        if (segments(path).contains("..")) {
            return Optional.of(what + " leads upwards: " + readable(path));
        }
        return path.indexOf('\0') >= 0 ? Optional.of(what + " has a NUL byte") : Optional.empty();
    }
}
