package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of {@code /proc/self/mountinfo}.
 *
 * @param device major and minor number, such as {@code 8:1}
 * @param root what of the file system is mounted: {@code /} unless it is a bind mount of a folder
 */
public record Mount(Path point, String device, String root, String type, List<String> options) {
    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final int FIXED_FIELDS = 6;
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    public Mount {
        options = List.copyOf(options);
    }

    /** The mount that {@code path}, without links, lies in. */
    public static Optional<Mount> of(Path path) throws IOException {
        return of(path, TABLE);
    }

    /** @param table of another process, perhaps in another mount namespace: anybody may read it */
    static Optional<Mount> of(Path path, Path table) throws IOException {
        for (Path above = path; above != null; above = above.getParent()) {
            var mount = at(above, table);
            if (mount.isPresent()) {
                return mount;
            }
        }
        return Optional.empty();
    }

    /** What is mounted on top at exactly {@code point}, if anything is. */
    public static Optional<Mount> at(Path point) throws IOException {
        return at(point, TABLE);
    }

    private static Optional<Mount> at(Path point, Path table) throws IOException {
        return Files.readAllLines(table).stream()
                .map(Mount::parse)
                .flatMap(Optional::stream)
                .filter(mount -> mount.point.equals(point))
                .reduce((below, above) -> above);
    }

    /** A line such as {@code 36 35 8:1 / /media/b rw,noatime shared:1 - xfs /dev/sda1 rw}. */
    static Optional<Mount> parse(String line) {
        var parts = line.split(" - ", 2);
        var fields = parts[0].split(" ");
        if (parts.length < 2 || fields.length < FIXED_FIELDS) {
            return Optional.empty();
        }
        var type = parts[1].split(" ", 2)[0];
        return Optional.of(new Mount(
                Path.of(unescape(fields[4])), fields[2], unescape(fields[3]), type, List.of(fields[5].split(","))));
    }

    /** The kernel writes blanks and backslashes as three octal digits. */
    private static String unescape(String text) {
        return OCTAL.matcher(text)
                .replaceAll(
                        octal -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
    }

    public boolean writable() {
        return options.contains("rw");
    }
}
