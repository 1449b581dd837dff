package org.clusterbackup.cli;

import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.LedgerWriter;
import org.clusterbackup.repository.copy.PackMending;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.scrub.ScrubListener;
import org.clusterbackup.repository.scrub.ScrubState;
import org.clusterbackup.repository.scrub.Scrubbed;
import org.clusterbackup.repository.scrub.Scrubber;

/** Packs of a target that are damaged or missing: found, told, and mended from another copy. */
final class Damage {
    private static final String MISSING = "is missing, and an artifact needs it";

    private final Console console;
    private final Repository target;
    private final Ledger ledger;

    Damage(Console console, Repository target) throws BackupException {
        this.console = console;
        this.target = target;
        this.ledger = new Ledger(target);
    }

    LedgerWriter writer(SigningKey key, String owner) {
        return new LedgerWriter(target, ledger, key, owner, UnaryOperator.identity());
    }

    ScrubState state() throws BackupException {
        return ScrubState.of(target, ledger.read());
    }

    Scrubber.Plan plan(long budget) throws BackupException {
        return Scrubber.plan(target, ledger, budget);
    }

    /** Reads back so many bytes and enters what it finds. */
    Scrubbed read(LedgerWriter writer, long budget, long bytesPerSecond) throws BackupException {
        var listener = new Showing();
        try {
            return new Scrubber(writer, bytesPerSecond).run(budget, listener);
        } finally {
            listener.close();
        }
    }

    private final class Showing implements ScrubListener {
        private Progress progress = new Progress(console, "reading back", 0);

        @Override
        public void planned(long bytes) {
            progress.close();
            progress = new Progress(console, "reading back", bytes);
        }

        @Override
        public void read(long bytes) {
            progress.advance(bytes);
        }

        void close() {
            progress.close();
        }
    }

    /** What is known without reading anything back: each pack and what is wrong with it. */
    TreeMap<Sha256, String> known() throws BackupException {
        var chain = ledger.read();
        var known = new TreeMap<Sha256, String>();
        for (var pack : ScrubState.of(target, chain).damaged()) {
            known.put(pack, "was found damaged at " + chain.scrubs().foundDamaged(pack).orElseThrow());
        }
        plan(1).missing().forEach(pack -> known.put(pack, MISSING));
        return known;
    }

    /** Replaces what it can of what is {@link #known}, and tells what stays as it is. */
    Table mend(Repository from, LedgerWriter writer) throws BackupException {
        writer.requireMaySign();
        var table = table();
        var mended = new PackMending(from, writer).mend(known().keySet(), CopyListener.NONE);
        mended.whole().forEach((pack, size) -> row(table, pack, "whole"));
        mended.failed().forEach((pack, e) -> {
            row(table, pack, "damaged");
            console.warn(
                    e.kind() == Kind.NOT_FOUND ? Kind.DAMAGED : e.kind(),
                    PackSet.path(pack) + " at " + target.store().location() + " is not repaired: " + e.getMessage());
        });
        return table;
    }

    /** What {@link #mend} would try. */
    Table wouldMend(Repository from) throws BackupException {
        var table = table();
        for (var pack : known().keySet()) {
            var there = from.store().stat(PackSet.path(pack)).isPresent();
            row(table, pack, there ? "would replace" : "not at the other copy");
        }
        return table;
    }

    private static Table table() {
        return new Table("packs", "PACK", "STATUS");
    }

    private static void row(Table table, Sha256 pack, String status) {
        table.row(pack, status).put("pack", pack.hex()).put("status", status);
    }
}
