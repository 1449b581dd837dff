package org.clusterbackup.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * The declared targets, in one file that scheduler and shippers read: a run is complete, and staging lets go of an
 * artifact, when it is at every one of them.
 *
 * <pre>
 * targets:
 *   - name: house-b
 *     url: sftp://backup@house-b.example/srv/cluster
 * </pre>
 */
public record Targets(List<Target> all) {
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[a-z0-9._-]{1,60}");

    /** @param url for people and for shippers that are not told otherwise; the scheduler never opens it */
    public record Target(String name, Optional<String> url) {}

    public Targets {
        all = List.copyOf(all);
    }

    /** @throws BackupException {@code USAGE}, in one line that names file and key */
    public static Targets read(Path file) throws BackupException {
        var yaml = YamlFile.read(file).only("targets");
        var names = new HashSet<String>();
        var targets = new ArrayList<Target>();
        for (var item : yaml.items("targets")) {
            item.only("name", "url");
            var target = new Target(item.text("name", NAME), item.optionalText("url"));
            if (!names.add(target.name())) {
                throw item.at("name").bad("is there twice: " + target.name());
            }
            targets.add(target);
        }
        if (targets.isEmpty()) {
            throw yaml.at("targets").bad("is empty");
        }
        return new Targets(targets);
    }

    /** Without a file: the names alone. */
    public static Targets named(List<String> names) throws BackupException {
        for (var name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new BackupException(Kind.USAGE, "clusterbackup.targets: not a target's name: " + name);
            }
        }
        return new Targets(
                names.stream().map(name -> new Target(name, Optional.empty())).toList());
    }

    public List<String> names() {
        return all.stream().map(Target::name).toList();
    }
}
