package org.clusterbackup.scheduler.run;

import java.time.Instant;
import org.clusterbackup.events.DrillEntered;
import org.clusterbackup.repository.BackupException;

/**
 * A drill as its signed ledger entry says it.
 *
 * @param run of the recovery point that was drilled
 * @param time when it began
 * @param whole whether it tried every source
 * @param report its name at the target
 */
public record Drill(String target, String run, Instant time, boolean ok, boolean whole, String report) {

    /** @throws BackupException {@code DAMAGED} if the entry is not what the event says of it */
    static Drill parse(DrillEntered event) throws BackupException {
        var body = LedgerEntryText.parse(event.target(), "drill", event.head(), event.entry())
                .body();
        return new Drill(
                event.target(),
                body.text("run"),
                body.time("time"),
                body.flag("ok"),
                body.flag("whole"),
                body.text("report"));
    }

    /** Whether it says something of the whole recovery point: one of some sources does only if one of them failed. */
    boolean counts() {
        return whole || !ok;
    }

    static Drill later(Drill a, Drill b) {
        return b.time().isAfter(a.time()) ? b : a;
    }
}
