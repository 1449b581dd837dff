package org.clusterbackup.service;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.TargetName;

/**
 * The names of the declared targets, as the scheduler reads them: a run is complete, and staging lets go of an artifact,
 * when it is at every one of them. A shipper is told its own target by its own configuration.
 *
 * <pre>
 * targets:
 *   - name: house-b
 *     url: sftp://backup@house-b.example/srv/cluster   # for people: nobody reads it
 * </pre>
 */
public record Targets(List<String> names) {
    public Targets {
        names = List.copyOf(names);
    }

    /** @throws BackupException {@code USAGE}, in one line that names file and key */
    public static Targets read(Path file) throws BackupException {
        var yaml = YamlFile.read(file).only("targets");
        var names = new LinkedHashSet<String>();
        for (var item : yaml.items("targets")) {
            item.only("name", "url");
            var _ = item.optionalText("url");
            var name = item.text("name");
            if (!TargetName.isValid(name)) {
                throw item.at("name").bad("is not a target's name: " + name);
            }
            if (!names.add(name)) {
                throw item.at("name").bad("is there twice: " + name);
            }
        }
        if (names.isEmpty()) {
            throw yaml.at("targets").bad("is empty");
        }
        return new Targets(List.copyOf(names));
    }

    /** Without a file: the names alone. */
    public static Targets named(List<String> names) throws BackupException {
        for (var name : names) {
            if (!TargetName.isValid(name)) {
                throw new BackupException(Kind.USAGE, "clusterbackup.targets: not a target's name: " + name);
            }
        }
        return new Targets(names);
    }
}
