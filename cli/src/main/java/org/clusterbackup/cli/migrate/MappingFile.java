package org.clusterbackup.cli.migrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.clusterbackup.gluster.migrate.BrickPath;
import org.clusterbackup.gluster.migrate.NewNames;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * Old and new names, in YAML: {@code hosts} and {@code brickPaths}, each from old to new. What is wrong is a
 * {@link BackupException} {@code USAGE} that begins with file and line.
 */
public final class MappingFile {
    private static final YAMLFactory YAML = new YAMLFactory();
    private static final int MAX_BYTES = 1 << 20;
    private static final String HOSTS = "hosts";
    private static final String PATHS = "brickPaths";
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+");
    /** Of a brick path that is about one server only. */
    private static final String OF_HOST = ":/";

    /** A line of the file: old and new. */
    private record Entry(int line, String old, String now) {}

    private final Path file;
    private final YAMLParser parser;

    private MappingFile(Path file, YAMLParser parser) {
        this.file = file;
        this.parser = parser;
    }

    public static NewNames read(Path file) throws BackupException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new BackupException(Kind.USAGE, file + ": longer than " + MAX_BYTES + " bytes");
            }
            try (var parser = YAML.createParser(Files.readAllBytes(file))) {
                return new MappingFile(file, parser).names();
            }
        } catch (JsonProcessingException e) {
            var reason = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new BackupException(
                    Kind.USAGE, file + ":" + e.getLocation().getLineNr() + ": not YAML: " + reason, e);
        } catch (IOException e) {
            throw new BackupException(Kind.USAGE, file + ": cannot be read: " + e, e);
        }
    }

    private NewNames names() throws IOException, BackupException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw bad(line(), "expected " + HOSTS + " and " + PATHS);
        }
        var sections = new HashMap<String, List<Entry>>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            var line = line();
            if (!Set.of(HOSTS, PATHS).contains(name)) {
                throw bad(line, "'" + name + "' is not known; known are " + HOSTS + " and " + PATHS);
            }
            if (sections.put(name, entries(name)) != null) {
                throw bad(line, "'" + name + "' is there twice");
            }
        }
        if (parser.nextToken() != null) {
            throw bad(line(), "there is more than one document");
        }
        var hosts = hosts(sections.getOrDefault(HOSTS, List.of()));
        var paths = paths(sections.getOrDefault(PATHS, List.of()), hosts);
        if (hosts.isEmpty() && paths.isEmpty()) {
            throw bad(1, "it renames nothing");
        }
        return new NewNames(hosts, paths);
    }

    private List<Entry> entries(String section) throws IOException, BackupException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw bad(line(), "'" + section + "' is not a list of 'old: new'");
        }
        var entries = new LinkedHashMap<String, Entry>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var old = parser.currentName();
            var line = line();
            var value = parser.nextToken();
            if (!value.isScalarValue() || value == JsonToken.VALUE_NULL || parser.isCurrentAlias()) {
                throw bad(line, "'" + old + "' has no new name");
            }
            var now = parser.getText();
            if (old.equals(now)) {
                throw bad(line, "'" + old + "' keeps its name: leave it out");
            }
            if (entries.put(old, new Entry(line, old, now)) != null) {
                throw bad(line, "'" + old + "' is there twice");
            }
        }
        return List.copyOf(entries.values());
    }

    private Map<String, String> hosts(List<Entry> entries) throws BackupException {
        var hosts = new LinkedHashMap<String, String>();
        var taken = new HashMap<String, String>();
        for (var entry : entries) {
            requireHost(entry.line(), entry.old());
            requireHost(entry.line(), entry.now());
            requireFree(entry, entry.now(), taken);
            hosts.put(entry.old(), entry.now());
        }
        return hosts;
    }

    private List<BrickPath> paths(List<Entry> entries, Map<String, String> hosts) throws BackupException {
        var paths = new ArrayList<BrickPath>();
        var taken = new HashMap<String, String>();
        for (var entry : entries) {
            var colon = entry.old().indexOf(OF_HOST);
            var host = colon > 0 ? Optional.of(entry.old().substring(0, colon)) : Optional.<String>empty();
            var from = entry.old().substring(host.isPresent() ? colon + 1 : 0);
            if (host.isPresent()) {
                requireOldHost(entry.line(), host.get(), hosts);
            }
            requirePath(entry.line(), from);
            requirePath(entry.line(), entry.now());
            requireFree(entry, host.orElse("") + ":" + entry.now(), taken);
            paths.add(new BrickPath(host, from, entry.now()));
        }
        return paths;
    }

    private void requireFree(Entry entry, String now, Map<String, String> taken) throws BackupException {
        var other = taken.put(now, entry.old());
        if (other != null) {
            throw bad(entry.line(), "both '" + other + "' and '" + entry.old() + "' would be " + entry.now());
        }
    }

    private void requireHost(int line, String name) throws BackupException {
        if (!HOST.matcher(name).matches()) {
            throw bad(line, "'" + name + "' is no host name or address");
        }
    }

    private void requireOldHost(int line, String name, Map<String, String> hosts) throws BackupException {
        requireHost(line, name);
        if (hosts.containsValue(name) && !hosts.containsKey(name)) {
            throw bad(line, "'" + name + "' is a new name; a brick path goes by the old one");
        }
    }

    private void requirePath(int line, String path) throws BackupException {
        var plain = path.chars().noneMatch(c -> c < ' ' || c == '\u007f');
        if (!path.startsWith("/")
                || !plain
                || path.equals("/")
                || !Path.of(path).normalize().toString().equals(path)) {
            throw bad(line, "'" + path + "' is no plain absolute path below /");
        }
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private BackupException bad(int line, String what) {
        return new BackupException(Kind.USAGE, file + ":" + line + ": " + what);
    }
}
