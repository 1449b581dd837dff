package org.clusterbackup.repository;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How it was proved that a target holds the right bytes, the weakest last. */
public enum Proof {
    /** The target's own machine computed the digests. */
    REMOTE_DIGEST,
    /** Every byte was read back. */
    READ_BACK,
    /** The store checked the upload against the digest that came with it. */
    UPLOAD_CHECKED;

    /** As ledger entries spell it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Proof> parse(String text) {
        return Stream.of(values()).filter(proof -> proof.text().equals(text)).findFirst();
    }

    public Proof weaker(Proof other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
