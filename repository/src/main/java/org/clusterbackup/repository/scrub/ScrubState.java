package org.clusterbackup.repository.scrub;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.ledger.LedgerChain;

/**
 * What is known of the packs of a target by one listing and by its ledger; nothing is read back for it.
 *
 * @param packs how many are there
 * @param bytes that they have
 * @param oldestProof when that pack was stored or read of which this is longest ago; empty if there is none
 * @param damaged those that a scrub found damaged or missing and that nobody has stored again, in order
 */
public record ScrubState(long packs, long bytes, Optional<Instant> oldestProof, List<Sha256> damaged) {
    public ScrubState {
        damaged = List.copyOf(damaged);
    }

    /** @throws BackupException also if the ledger is damaged */
    public static ScrubState of(Repository target, LedgerChain chain) throws BackupException {
        chain.requireWhole();
        return of(target, chain, PackSet.list(target.store()));
    }

    static ScrubState of(Repository target, LedgerChain chain, PackSet listed) throws BackupException {
        var scrubs = chain.scrubs();
        var bytes = new long[1];
        var oldest = new Instant[] {Instant.MAX};
        listed.forEach((name, size) -> {
            bytes[0] += size;
            var stored = listed.time(name).orElseThrow();
            var proof = scrubs.read(new Sha256(name)).filter(stored::isBefore).orElse(stored);
            oldest[0] = proof.isBefore(oldest[0]) ? proof : oldest[0];
        });
        var damaged = new ArrayList<Sha256>();
        var missing = new HashSet<String>();
        for (var pack : scrubs.damaged()) {
            var stored = listed.time(pack.hex());
            if (stored.isEmpty()) {
                missing.add(pack.hex());
            } else if (scrubs.foundDamaged(pack).filter(stored.get()::isBefore).isPresent()) {
                damaged.add(pack);
            }
        }
        damaged.addAll(missing(target, chain, missing));
        damaged.sort(null);
        return new ScrubState(
                listed.count(), bytes[0], Optional.of(oldest[0]).filter(time -> !time.equals(Instant.MAX)), damaged);
    }

    /** Those of {@code absent} that an artifact needs: a pack that was pruned is not missed. */
    static List<Sha256> missing(Repository target, LedgerChain chain, Set<String> absent) throws BackupException {
        if (absent.isEmpty()) {
            return List.of();
        }
        var needed = Needs.of(target, chain, absent::contains);
        return absent.stream().filter(needed::contains).map(Sha256::new).toList();
    }
}
