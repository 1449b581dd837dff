package org.clusterbackup.repository.ledger;

import java.nio.charset.StandardCharsets;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Sha256;

/**
 * An entry with what proves it: text and signature, as they lie in the ledger and travel in events.
 *
 * @param text the bytes that are signed, as UTF-8
 */
public record SignedEntry(LedgerHead head, LedgerEntry entry, String text, String signature) {

    /** @throws BackupException unless {@code bytes} are an entry; the signature is the caller's to verify */
    static SignedEntry of(String name, byte[] bytes, String signature) throws BackupException {
        var entry = LedgerEntry.parse(name, bytes);
        return new SignedEntry(
                new LedgerHead(entry.number(), Sha256.of(bytes)),
                entry,
                new String(bytes, StandardCharsets.UTF_8),
                signature);
    }
}
