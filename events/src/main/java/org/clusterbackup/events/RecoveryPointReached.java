package org.clusterbackup.events;

/**
 * An entry was made in a target's ledger, or stands there and is announced again.
 *
 * @param head the entry's number and the SHA-256 of {@code entry}
 * @param entry the ledger entry's bytes as text, whole
 * @param signature its armored signature, subject {@code ledger/<target>}
 */
public record RecoveryPointReached(
        @Form(Text.RUN) String run,
        @Form(Text.TARGET) String target,
        @Form(Text.HEAD) String head,
        @Form(Text.DOCUMENT) String entry,
        @Form(Text.DOCUMENT) String signature)
        implements BackupEvent {

    @Override
    public String key() {
        return run;
    }
}
