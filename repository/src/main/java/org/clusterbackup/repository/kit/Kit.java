package org.clusterbackup.repository.kit;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/**
 * One rescue kit: the files that lie in {@code kit/<id>/}, by name, as its signed list has them. Its text is what
 * {@code sha256sum -c} takes.
 *
 * @param repository the id of the repository that it is for
 */
public record Kit(String repository, ArtifactId id, SortedMap<String, Sha256> files) {
    /** The folder of all kits. */
    public static final String FOLDER = "kit";

    /** The list, in a kit's folder: its presence makes the kit. */
    public static final String LIST = "SHA256SUMS";

    static final String SIGNATURE = LIST + ".sig";
    static final int MAX_LIST_BYTES = 1 << 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,119}");
    private static final Pattern HEAD =
            Pattern.compile("# clusterbackup kit 1 repository ([0-9a-f]{32}) kit ([0-9A-Za-z-]{1,40})");
    private static final String HEAD_BEGIN = "# clusterbackup kit ";
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (\\S{1,120})");

    /** @throws IllegalArgumentException if it has no file, or one of a name that none may have */
    public Kit {
        if (files.isEmpty() || !files.keySet().stream().allMatch(Kit::isName)) {
            throw new IllegalArgumentException("not the files of a kit: " + files.keySet());
        }
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    /** Whether a file of a kit may have that name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches() && !name.startsWith(LIST);
    }

    /** Where the file {@code name} of the kit {@code id} lies. */
    public static String object(ArtifactId id, String name) {
        return FOLDER + "/" + id + "/" + name;
    }

    /** The bytes that are signed and stored as {@link #LIST}. */
    byte[] bytes() {
        var text = new StringBuilder(HEAD_BEGIN + "1 repository " + repository + " kit " + id + "\n");
        files.forEach((name, sha256) -> text.append(sha256.hex() + "  " + name + "\n"));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** @throws BackupException {@code DAMAGED} or {@code UNKNOWN_FORMAT}, naming {@code object} */
    static Kit parse(String object, byte[] bytes) throws BackupException {
        var lines = new String(bytes, StandardCharsets.ISO_8859_1).lines().toList();
        var first = lines.isEmpty() ? "" : lines.getFirst();
        var head = HEAD.matcher(first);
        if (!head.matches() || !ArtifactId.isValid(head.group(2))) {
            var newer = first.startsWith(HEAD_BEGIN) && !first.startsWith(HEAD_BEGIN + "1 ");
            throw newer
                    ? new BackupException(Kind.UNKNOWN_FORMAT, object + " is of a format that is not known")
                            .withHint("use a newer clusterbackup")
                    : new BackupException(Kind.DAMAGED, object + " is no list of a kit");
        }
        var files = new TreeMap<String, Sha256>();
        for (var line : lines.subList(1, lines.size())) {
            var match = LINE.matcher(line);
            if (!match.matches()
                    || !isName(match.group(2))
                    || files.put(match.group(2), new Sha256(match.group(1))) != null) {
                throw new BackupException(Kind.DAMAGED, object + " has a bad line");
            }
        }
        if (files.isEmpty()) {
            throw new BackupException(Kind.DAMAGED, object + " names no file");
        }
        return new Kit(head.group(1), new ArtifactId(head.group(2)), files);
    }
}
