package org.clusterbackup.cli;

import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.Offsite;

/** Packs that staging lacks on purpose: it keeps only the index of their source, and every target had them. */
final class OffsitePacks {
    private OffsitePacks() {}

    /** Those of {@code missing}, packs of the artifact that is read. A target has none. */
    static List<Sha256> among(List<Sha256> missing, Repository repository, ArtifactReader reader)
            throws BackupException {
        if (missing.isEmpty() || repository.description().isTarget()) {
            return List.of();
        }
        var away = Offsite.beside(repository.store(), reader.manifest().ref().source());
        return missing.stream().filter(pack -> away.contains(pack.hex())).toList();
    }

    /** What is to be said of {@code away}. */
    static String say(List<Sha256> away, Repository repository, ArtifactReader reader) {
        return away.size() + " packs of " + reader.manifest().ref() + " are off-site, with "
                + Sizes.text(reader.bytesIn(away)) + " of "
                + Sizes.text(reader.manifest().streamBytes()) + " of the stream: they left "
                + repository.store().location() + " when every target had them";
    }
}
