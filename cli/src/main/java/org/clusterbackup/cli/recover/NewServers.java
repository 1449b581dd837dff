package org.clusterbackup.cli.recover;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.clusterbackup.gluster.migrate.NewNames;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * Where everything moves to.
 *
 * @param path the mapping's file, as the operator names it
 * @param text its content: plans carry it to every machine
 */
public record NewServers(NewNames names, String path, String text) {
    /** A shell command that writes the mapping. {@code file} is for the shell. */
    String file(String file) {
        var end = "END";
        while (text.lines().anyMatch(end::equals)) {
            end += "_";
        }
        return "cat >\"" + file + "\" <<'" + end + "'\n" + text.stripTrailing() + "\n" + end;
    }

    List<VolumeFacts> of(List<VolumeFacts> volumes) throws BackupException {
        var renamed = new ArrayList<VolumeFacts>();
        for (var volume : volumes) {
            renamed.add(volume.renamed(names));
        }
        return renamed;
    }

    /**
     * Old names of nodes by new ones.
     *
     * @param renamed what {@link #of} made of {@code volumes}
     * @throws BackupException {@code USAGE} if two servers would become one, or one would become two
     */
    static Map<String, String> before(List<VolumeFacts> volumes, List<VolumeFacts> renamed) throws BackupException {
        var before = new TreeMap<String, String>();
        for (var volume = 0; volume < volumes.size(); volume++) {
            for (var member = 0; member < volumes.get(volume).members().size(); member++) {
                var was = volumes.get(volume).members().get(member).node();
                var now = renamed.get(volume).members().get(member).node();
                var other = before.put(now, was);
                if (other != null && !other.equals(was)) {
                    throw new BackupException(
                            Kind.USAGE, "by the mapping both " + other + " and " + was + " become " + now);
                }
            }
        }
        if (before.values().stream().distinct().count() < before.size()) {
            throw new BackupException(Kind.USAGE, "by the mapping one server becomes two: " + before);
        }
        return before;
    }
}
