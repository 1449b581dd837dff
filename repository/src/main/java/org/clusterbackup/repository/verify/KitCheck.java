package org.clusterbackup.repository.verify;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.kit.Kit;
import org.clusterbackup.repository.kit.Kits;

/** Whether each rescue kit has what its signed list names, and nothing else. */
final class KitCheck {
    private final Repository target;
    private final Optional<VerifyOptions.Share> readData;
    private final Findings findings;

    /** @param readData of which files the bytes are compared, by their digests */
    KitCheck(Repository target, Optional<VerifyOptions.Share> readData, Findings findings) {
        this.target = target;
        this.readData = readData;
        this.findings = findings;
    }

    /** @param files names in the folder of the kit {@code id} */
    void check(ArtifactId id, Set<String> files) throws BackupException {
        var list = Kit.object(id, Kit.LIST);
        if (!files.contains(Kit.LIST)) {
            findings.note(Kit.object(id, ""), "kit/" + id + " is unfinished: it has no " + Kit.LIST);
            return;
        }
        Kit kit;
        try {
            kit = new Kits(target).read(id);
        } catch (BackupException e) {
            // One that has gone since made way for a newer one.
            if (e.kind() != Kind.NOT_FOUND) {
                findings.failed(list, e);
            }
            return;
        }
        for (var name : files) {
            if (!name.startsWith(Kit.LIST) && !kit.files().containsKey(name)) {
                findings.damaged(Kit.object(id, name), "does not belong there: " + list + " does not name it");
            }
        }
        for (var file : kit.files().entrySet()) {
            var object = Kit.object(id, file.getKey());
            if (!files.contains(file.getKey())) {
                findings.damaged(object, "is missing: " + list + " names it");
            } else if (readData.filter(share -> share.holds(file.getValue().hex()))
                            .isPresent()
                    && !Optional.of(file.getValue())
                            .equals(target.store().digests(List.of(object)).getFirst())
                    && target.store().stat(list).isPresent()) {
                findings.damaged(object, "has not the digest that stands in " + list);
            }
        }
    }
}
