package org.clusterbackup.repository.verify;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.crypto.Identity;
import org.clusterbackup.repository.ledger.LedgerHead;

/**
 * How much {@link Verifier} does.
 *
 * @param readData which packs' bytes are proved; empty: only that they are there with their size
 * @param expectHeads ledger entries that were seen once and must still be there
 * @param identity if there, packs and contents are opened too
 * @param spool where working files may lie
 */
public record VerifyOptions(
        Optional<Share> readData, List<LedgerHead> expectHeads, Optional<Identity> identity, Path spool) {
    public VerifyOptions {
        expectHeads = List.copyOf(expectHeads);
    }

    /** The {@code part}-th of {@code of} equal shares of all packs, by their names; {@code 1/1} is all. */
    public record Share(int part, int of) {
        private static final int HEX_DIGITS = 8;

        /** @throws IllegalArgumentException unless 1 ≤ part ≤ of */
        public Share {
            if (part < 1 || part > of) {
                throw new IllegalArgumentException("not a share, n/t with 1 <= n <= t: " + part + "/" + of);
            }
        }

        public static Share all() {
            return new Share(1, 1);
        }

        boolean holds(String pack) {
            return Long.parseLong(pack, 0, HEX_DIGITS, 16) % of == part - 1;
        }
    }

    public static VerifyOptions structure(Path spool) {
        return new VerifyOptions(Optional.empty(), List.of(), Optional.empty(), spool);
    }

    public VerifyOptions withReadData(Share share) {
        return new VerifyOptions(Optional.of(share), expectHeads, identity, spool);
    }
}
