package org.clusterbackup.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.YamlFile;

/**
 * The names of the declared targets, as the scheduler reads them: a run is complete, and staging lets go of an artifact,
 * when it is at every one of them; and what staging keeps then. A shipper is told its own target by its own configuration.
 *
 * <pre>
 * targets:
 *   - name: house-b
 *     url: sftp://backup@house-b.example/srv/cluster   # for people: nobody reads it
 * staging:
 *   - sources: ["brick/huge/*"]
 *     keep: index
 * </pre>
 *
 * @param staging what staging keeps of the newest artifact of a source; the first that is for it counts
 */
public record Targets(List<String> names, List<Staging> staging) {
    private static final String INDEX = "index";
    private static final String NEWEST = "newest";

    public Targets {
        names = List.copyOf(names);
        staging = List.copyOf(staging);
    }

    /** @param indexOnly whether packs leave staging when every target has them; otherwise the newest artifact stays whole */
    public record Staging(List<String> sources, boolean indexOnly) {
        public Staging {
            sources = List.copyOf(sources);
        }
    }

    /** Whether staging keeps of {@code source} only the index, once every target has the rest. */
    public boolean keepsIndexOnly(String source) {
        return staging.stream()
                .filter(entry -> entry.sources().stream().anyMatch(pattern -> SourceName.matches(pattern, source)))
                .findFirst()
                .map(Staging::indexOnly)
                .orElse(false);
    }

    /** @throws BackupException {@code USAGE}, in one line that names file and key */
    public static Targets read(Path file) throws BackupException {
        var yaml = YamlFile.read(file).only("targets", "staging");
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
        return new Targets(List.copyOf(names), staging(yaml));
    }

    private static List<Staging> staging(YamlFile yaml) throws BackupException {
        var staging = new ArrayList<Staging>();
        for (var item : yaml.items("staging")) {
            var sources = item.only("sources", "keep").patterns("sources");
            if (sources.isEmpty()) {
                throw item.at("sources").bad("is empty");
            }
            var keep = item.text("keep");
            if (!keep.equals(INDEX) && !keep.equals(NEWEST)) {
                throw item.at("keep").bad("is neither " + INDEX + " nor " + NEWEST + ": " + keep);
            }
            staging.add(new Staging(sources, keep.equals(INDEX)));
        }
        return staging;
    }

    /** Without a file: the names alone. */
    public static Targets named(List<String> names) throws BackupException {
        for (var name : names) {
            if (!TargetName.isValid(name)) {
                throw new BackupException(Kind.USAGE, "clusterbackup.targets: not a target's name: " + name);
            }
        }
        return new Targets(names, List.of());
    }
}
