package org.clusterbackup.scheduler;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.scheduler.run.Book;
import org.clusterbackup.scheduler.run.RecoveryPoint;

/** Believes a ledger entry only if its target's shipper, or the operator, signed it. */
record SignedLedgers(Optional<AllowedSigners> signers) implements Book.Ledgers {
    @Override
    public RecoveryPoint read(RecoveryPointReached event) throws BackupException {
        if (signers.isPresent()) {
            signers.get()
                    .verify(
                            "ledger/" + event.target(),
                            event.entry().getBytes(StandardCharsets.UTF_8),
                            event.signature());
        }
        return RecoveryPoint.parse(event);
    }
}
