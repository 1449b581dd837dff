package org.clusterbackup.repository.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.function.LongConsumer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.store.ObjectStore;

/** Proves an artifact's packs where they lie, before a restore begins. */
public final class FarSide {
    private FarSide() {}

    /**
     * Has the far side compute the digest of every pack; no byte of one is transferred where the store's
     * {@code digestsAtFarSide}.
     *
     * @param progress told of stored bytes as they are proved
     * @throws BackupException {@code DAMAGED} naming the first that is wrong, or what the store throws
     */
    public static void requireWhole(ObjectStore store, PackList packs, LongConsumer progress) throws BackupException {
        var set = new PackSet();
        for (var line = 1; line <= packs.count(); line++) {
            set.add(packs.name(line).hex(), packs.size(line), Instant.EPOCH);
        }
        var wrong = new ArrayList<Finding>();
        var findings = new Findings(new VerifyListener() {
            @Override
            public void finding(Finding finding) {
                wrong.add(finding);
            }

            @Override
            public void proved(long bytes) {
                progress.accept(bytes);
            }
        });
        new PackProver(store, findings, null).prove(set, VerifyOptions.Share.all());
        if (!wrong.isEmpty()) {
            var more = wrong.size() > 1 ? ", and " + (wrong.size() - 1) + " more are damaged" : "";
            throw new BackupException(Kind.DAMAGED, wrong.getFirst().message() + " at " + store.location() + more)
                    .withHint("another copy of the repository may have them: clusterbackup copy");
        }
    }
}
