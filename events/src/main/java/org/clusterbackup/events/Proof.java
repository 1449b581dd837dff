package org.clusterbackup.events;

/** How an artifact's packs were proved at a target. */
public enum Proof {
    /** Digests computed at the far side. */
    REMOTE_DIGEST,
    /** The store checked the upload against the digest that was sent with it. */
    UPLOAD_CHECKED,
    /** Every byte was read back. */
    READ_BACK
}
