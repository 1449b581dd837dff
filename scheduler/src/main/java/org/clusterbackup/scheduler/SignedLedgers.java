package org.clusterbackup.scheduler;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.scheduler.run.Book;

/** Believes a ledger entry only if its target's shipper, or the operator, signed it. */
record SignedLedgers(Optional<AllowedSigners> signers) implements Book.Ledgers {
    @Override
    public void verify(String target, String entry, String signature) throws BackupException {
        if (signers.isPresent()) {
            signers.get().verify("ledger/" + target, entry.getBytes(StandardCharsets.UTF_8), signature);
        }
    }
}
