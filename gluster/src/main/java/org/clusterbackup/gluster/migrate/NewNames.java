package org.clusterbackup.gluster.migrate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.clusterbackup.repository.Sha256;

/** What servers and bricks were called and are called now. All names change at once, so two of them may be swapped. */
public final class NewNames {
    private static final Comparator<BrickPath> CLOSEST = Comparator.<BrickPath, Boolean>comparing(
                    path -> path.host().isPresent())
            .thenComparing(path -> path.from().length());

    private final Map<String, String> hosts;
    private final List<BrickPath> paths;
    /** What {@link #rewrite} can tell without knowing a server: paths of a single one are not among it. */
    private final Map<String, String> anywhere;

    private final Pattern words;
    private final Pattern all;

    public NewNames(Map<String, String> hosts, List<BrickPath> paths) {
        this.hosts = Map.copyOf(hosts);
        this.paths = List.copyOf(paths);
        anywhere = new HashMap<>(hosts);
        paths.stream().filter(path -> path.host().isEmpty()).forEach(path -> anywhere.put(path.from(), path.to()));
        words = WholeWords.in(anywhere.keySet(), WholeWords.Joined.BY_UNDERSCORE);
        all = WholeWords.in(olds(), WholeWords.Joined.NOT);
    }

    private Set<String> olds() {
        var olds = new TreeSet<>(hosts.keySet());
        paths.forEach(path -> olds.add(path.from()));
        return olds;
    }

    /** The new name of a server, or the same. */
    public String host(String old) {
        return hosts.getOrDefault(old, old);
    }

    /** Where a brick lies now: what is said of its server counts before what is said of all, and a longer path before a shorter. */
    public String path(String host, String path) {
        return paths.stream()
                .filter(rule -> rule.host().map(host::equals).orElse(true) && rule.holds(path))
                .max(CLOSEST)
                .map(rule -> rule.moved(path))
                .orElse(path);
    }

    /** The text with all whole old names and paths in it replaced. Paths that move on one server only stay. */
    public String rewrite(String text) {
        return words.matcher(text).replaceAll(found -> Matcher.quoteReplacement(replacement(found.group())));
    }

    private String replacement(String old) {
        return anywhere.getOrDefault(old, old);
    }

    /** All old names and paths in the text, also those that {@link #rewrite} leaves. */
    public Set<String> in(String text) {
        var found = new TreeSet<String>();
        all.matcher(text).results().forEach(match -> found.add(match.group()));
        return found;
    }

    /** Names of servers that are new and not old. */
    Set<String> newHosts() {
        var names = new HashSet<>(hosts.values());
        names.removeAll(hosts.keySet());
        return names;
    }

    /** Old names that are nobody's new name: after a migration they must be nowhere. */
    public Set<String> gone() {
        var gone = new TreeSet<>(hosts.keySet());
        gone.removeAll(hosts.values());
        paths.stream()
                .filter(path -> path.host().isEmpty()
                        && paths.stream().noneMatch(other -> BrickPath.isBelow(other.to(), path.from())))
                .forEach(path -> gone.add(path.from()));
        return gone;
    }

    /** Old names that cannot be looked for, since they are new names, too, or still right on some server. */
    public Set<String> undecided() {
        var left = olds();
        left.removeAll(gone());
        return left;
    }

    /** SHA-256, in hex, of what is renamed to what: the same for two files that say the same. */
    public String digest() {
        var lines = new ArrayList<String>();
        new TreeMap<>(hosts).forEach((old, now) -> lines.add("host " + old + " " + now));
        paths.stream()
                .map(path -> "path " + path.host().orElse("") + " " + path.from() + " " + path.to())
                .sorted()
                .forEach(lines::add);
        return Sha256.of(String.join("\n", lines).getBytes(StandardCharsets.UTF_8))
                .hex();
    }
}
