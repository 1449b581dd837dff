package org.clusterbackup.kubernetes.archive;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.repository.Sha256;

/**
 * Where an object lies in the archive: {@code cluster/<group>/<version>/<resource>/<name>.json} or
 * {@code namespaces/<namespace>/<group>/<version>/<resource>/<name>.json}; the core group is {@code core}.
 */
public final class ObjectPath {
    static final String CORE = "core";
    static final String SUFFIX = ".json";

    /** Of a file system's 255 bytes a name, with what is put at its end. */
    private static final int LONGEST = 240;

    private static final int KEPT = 200;
    private static final int DIGEST = 16;
    private static final String PLAIN = "-._:~";

    private ObjectPath() {}

    /** @param namespace empty for an object of the cluster */
    public static String of(ResourceType type, String namespace, String name) {
        return (namespace.isEmpty() ? "cluster/" : "namespaces/" + segment(namespace) + "/")
                + (type.group().isEmpty() ? CORE : segment(type.group()))
                + "/" + segment(type.version()) + "/" + segment(type.resource()) + "/" + segment(name) + SUFFIX;
    }

    /**
     * Letters, digits and {@code -._:~} stand for themselves, except a dot or tilde in front; all other bytes of the name's UTF-8 are
     * {@code %XX}. What would be longer than a file system takes is cut and ends in a tilde and the beginning of the
     * name's SHA-256.
     */
    static String segment(String name) {
        var bytes = name.getBytes(StandardCharsets.UTF_8);
        var safe = new StringBuilder();
        for (var b : bytes) {
            var c = (char) (b & 0xff);
            var plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || (PLAIN.indexOf(c) >= 0 && (safe.length() > 0 || c == '-' || c == '_' || c == ':'));
            safe.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return safe.length() <= LONGEST
                ? safe.toString()
                : safe.substring(0, KEPT) + "~" + Sha256.of(bytes).hex().substring(0, DIGEST);
    }
}
