package org.clusterbackup.repository.ledger;

import java.util.regex.Pattern;
import org.clusterbackup.repository.Sha256;

/** One entry by number and digest, written {@code <number>-<64 hex>}: enough to notice that it is gone. */
public record LedgerHead(long number, Sha256 digest) {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,9})-([0-9a-f]{64})");
    private static final int NAME_DIGITS = 16;

    /** @throws IllegalArgumentException unless {@code text} has the form */
    public static LedgerHead parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("not a ledger head, <number>-<64 hex>: " + text);
        }
        return new LedgerHead(Long.parseLong(match.group(1)), new Sha256(match.group(2)));
    }

    /** The name of the entry's object. */
    public String object() {
        return "%s/%010d-%s.json".formatted(Ledger.FOLDER, number, digest.hex().substring(0, NAME_DIGITS));
    }

    @Override
    public String toString() {
        return number + "-" + digest;
    }
}
