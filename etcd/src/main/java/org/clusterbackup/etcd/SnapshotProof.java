package org.clusterbackup.etcd;

import java.security.MessageDigest;
import java.util.Arrays;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/**
 * Follows a snapshot and tells whether it is whole: a bolt file, whose length is a multiple of 512, and the SHA-256 of it as
 * the last 32 bytes. etcd's own {@code snapshot status} of 3.4 does not look at that digest.
 */
public final class SnapshotProof {
    private static final int TRAILER = 32;
    private static final int BLOCK = 512;

    private final MessageDigest digest = Sha256.newDigest();
    /** The last bytes so far, at most {@value #TRAILER}: they may be the trailer. */
    private final byte[] tail = new byte[TRAILER];

    private int held;
    private long length;

    public void add(byte[] bytes, int offset, int count) {
        length += count;
        var together = held + count;
        var settled = Math.max(0, together - TRAILER);
        var fromTail = Math.min(settled, held);
        digest.update(tail, 0, fromTail);
        System.arraycopy(tail, fromTail, tail, 0, held - fromTail);
        held -= fromTail;
        digest.update(bytes, offset, settled - fromTail);
        var rest = count - (settled - fromTail);
        System.arraycopy(bytes, offset + settled - fromTail, tail, held, rest);
        held += rest;
    }

    /** Bytes so far. */
    public long length() {
        return length;
    }

    /**
     * To be asked once, at the end.
     *
     * @throws BackupException {@code SOURCE_INCOMPLETE} unless these bytes are one whole snapshot
     */
    public void require() throws BackupException {
        if (length % BLOCK != TRAILER || length <= TRAILER) {
            throw incomplete("it has " + length + " bytes, and a whole one has a multiple of " + BLOCK + " and "
                    + TRAILER + " of checksum");
        }
        if (!Arrays.equals(digest.digest(), tail)) {
            throw incomplete("its bytes do not give the SHA-256 at its end");
        }
    }

    private static BackupException incomplete(String why) {
        return new BackupException(Kind.SOURCE_INCOMPLETE, "the snapshot of etcd is not whole: " + why);
    }
}
