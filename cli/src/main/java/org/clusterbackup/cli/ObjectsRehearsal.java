package org.clusterbackup.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.TreeMap;
import org.clusterbackup.cli.Rehearsal.Found;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.ArtifactReader;

/** Reads every object of a Kubernetes artifact, and compares what there is with its manifest. */
final class ObjectsRehearsal {
    private ObjectsRehearsal() {}

    static Found of(RepositoryCommand command, ArtifactReader reader) throws BackupException, IOException {
        var manifest = reader.manifest();
        try (var file = ObjectsFile.write(
                command.spool(), into -> command.spool(reader, into, "reading " + manifest.ref()))) {
            var counts = new TreeMap<String, Long>();
            counts.put("objects", (long) file.archive().objects().size());
            counts.put("resources", (long) file.archive().index().path("resources").size());
            for (var counted : counts.entrySet()) {
                var announced = manifest.details().path(counted.getKey()).asLong(counted.getValue());
                if (announced != counted.getValue()) {
                    throw new BackupException(
                            Kind.DAMAGED,
                            "the artifact has " + counted.getValue() + " " + counted.getKey()
                                    + ", and its manifest says " + announced);
                }
            }
            return Found.read(counts, Optional.of("not restored: no API server was started"));
        }
    }
}
