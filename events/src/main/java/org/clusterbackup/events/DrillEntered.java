package org.clusterbackup.events;

/**
 * A drill's result was entered in a target's ledger, or the last one stands there and is announced again.
 *
 * @param head the entry's number and the SHA-256 of {@code entry}
 * @param entry the ledger entry's bytes as text, whole
 * @param signature its armored signature, subject {@code ledger/<target>}
 */
public record DrillEntered(
        @Form(Text.TARGET) String target,
        @Form(Text.HEAD) String head,
        @Form(Text.DOCUMENT) String entry,
        @Form(Text.DOCUMENT) String signature)
        implements BackupEvent {

    @Override
    public String key() {
        return target;
    }
}
