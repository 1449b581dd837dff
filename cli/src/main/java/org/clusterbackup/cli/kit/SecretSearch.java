package org.clusterbackup.cli.kit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Looks for what must not lie open at a target: age identities, private keys, Kubernetes Secrets with data, in files as
 * they are and in what gzip packed once, such as a {@code tar.gz}. Memory is bounded.
 */
public final class SecretSearch {
    private static final int WINDOW = 1 << 20;
    /** What is looked for is shorter than this, but for a Secret whose data begins farther from its kind. */
    private static final int OVERLAP = 1 << 16;

    private static final int GZIP_MAGIC = 0x1f8b;

    private static final String PEM = "PRIVATE KEY-----";

    /**
     * One thing that is looked for.
     *
     * @param needles without any of which it is not there: quicker to look for
     * @param form a program that knows such keys holds their beginnings; only what is followed by a key counts
     */
    private record Sign(String words, List<String> needles, Pattern form) {
        boolean isIn(String text) {
            return needles.stream().anyMatch(text::contains)
                    && form.matcher(text).find();
        }
    }

    private static final List<Sign> SIGNS = List.of(
            new Sign(
                    "an age identity",
                    List.of("AGE-SECRET-KEY-", "age-secret-key-"),
                    Pattern.compile(
                            "AGE-SECRET-KEY-[0-9A-Z-]{1,8}[0-9A-Z]{50}|age-secret-key-[0-9a-z-]{1,8}[0-9a-z]{50}")),
            new Sign(
                    "a private key",
                    List.of(PEM),
                    Pattern.compile("-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}" + PEM
                            + "(?:\\s|\\\\[nr]){1,64}(?:Proc-Type:|[A-Za-z0-9+/]{20})")),
            new Sign(
                    "a private key",
                    List.of("PuTTY-User-Key-File-"),
                    Pattern.compile("PuTTY-User-Key-File-[0-9]: [a-z0-9-]{3}")),
            new Sign(
                    "a Kubernetes Secret with data",
                    List.of("Secret"),
                    Pattern.compile("\\bkind[\"']?\\s{0,8}:\\s{0,8}[\"']?Secret[\"']?[ \\t]{0,8}(?:[,}#\\r\\n]|\\z)")));

    private static final Pattern DATA = Pattern.compile("\\b(?:data|stringData)[\"']?\\s{0,8}:");

    /** The first that is found, in words. */
    public static Optional<String> in(InputStream file) throws IOException {
        var in = new BufferedInputStream(file, WINDOW);
        in.mark(2);
        var magic = in.read() << Byte.SIZE | in.read();
        in.reset();
        return search(magic == GZIP_MAGIC ? new GZIPInputStream(in, WINDOW) : in);
    }

    private static Optional<String> search(InputStream in) throws IOException {
        var window = new byte[WINDOW];
        var filled = 0;
        while (true) {
            var n = in.readNBytes(window, filled, WINDOW - filled);
            filled += n;
            var found = search(new String(window, 0, filled, StandardCharsets.ISO_8859_1));
            if (found.isPresent() || n == 0) {
                return found;
            }
            var kept = Math.min(OVERLAP, filled);
            System.arraycopy(window, filled - kept, window, 0, kept);
            filled = kept;
        }
    }

    private static Optional<String> search(String text) {
        return SIGNS.stream()
                .filter(sign -> sign.isIn(text))
                .map(Sign::words)
                .filter(words -> !words.contains("Secret") || DATA.matcher(text).find())
                .findFirst();
    }
}
