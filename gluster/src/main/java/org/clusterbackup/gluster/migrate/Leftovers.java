package org.clusterbackup.gluster.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * Looks for old names in all files of a folder and in their names, as whole words, in text and in anything else. Memory is
 * bounded, however long a file or a line is.
 */
public final class Leftovers {
    private static final int STEP_BYTES = 1 << 20;

    private final Pattern words;
    private final int longest;
    private final List<Leftover> found = new ArrayList<>();

    private Leftovers(NewNames names) {
        // Bytes are searched as the characters that ISO 8859-1 has for them, one each.
        var gone = names.gone().stream()
                .map(name -> new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
                .toList();
        words = WholeWords.in(gone, WholeWords.Joined.NOT);
        longest = gone.stream().mapToInt(String::length).max().orElse(0) + 2;
    }

    /** Those of a glusterd's working directory, which {@code folder} is. */
    public static List<Leftover> in(Path folder, NewNames names) throws BackupException {
        var search = new Leftovers(names);
        for (var file : StateTree.below(folder)) {
            search.file(folder, file);
        }
        return List.copyOf(search.found);
    }

    private void file(Path folder, Path file) throws BackupException {
        var actedOn = StateTree.isActedOn(file);
        add(file, 0, latin(String.valueOf(file.getFileName())), actedOn);
        var path = folder.resolve(file);
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var in = Files.newInputStream(path)) {
            content(file, in, actedOn);
        } catch (IOException e) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, "cannot look for old names in " + path + ": " + e, e);
        }
    }

    private void add(Path file, int line, String text, boolean actedOn) {
        words.matcher(text)
                .results()
                .forEach(match -> found.add(new Leftover(file, line, utf8(match.group()), actedOn)));
    }

    /** Each window begins so far before the last one's end that no name, with the characters around it, is cut by both. */
    private void content(Path file, InputStream in, boolean actedOn) throws IOException {
        var carried = "";
        var line = 1;
        var searched = 0;
        while (true) {
            var read = in.readNBytes(STEP_BYTES);
            var last = read.length < STEP_BYTES;
            var window = carried + new String(read, StandardCharsets.ISO_8859_1);
            // What begins behind this may go on in the next window.
            var until = last ? window.length() : window.length() - longest;
            var matcher = words.matcher(window);
            var at = searched;
            while (matcher.find(at) && matcher.start() < until) {
                line += lines(window, searched, matcher.start());
                searched = matcher.start();
                found.add(new Leftover(file, line, utf8(matcher.group()), actedOn));
                at = matcher.end();
            }
            if (last) {
                return;
            }
            var next = Math.max(at, until);
            line += lines(window, searched, next);
            var from = Math.max(0, next - 2);
            carried = window.substring(from);
            searched = next - from;
        }
    }

    private static int lines(String text, int from, int to) {
        return (int) text.substring(from, to).chars().filter(c -> c == '\n').count();
    }

    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String utf8(String latin) {
        return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
