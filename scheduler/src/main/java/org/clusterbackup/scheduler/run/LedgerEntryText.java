package org.clusterbackup.scheduler.run;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/** A ledger entry out of an event, which is what the event says that it is. */
record LedgerEntryText(String name, long number, Instant time, JsonMembers body) {

    /** @throws BackupException {@code DAMAGED} if {@code entry} is none of {@code kind} and {@code target} with that head */
    static LedgerEntryText parse(String target, String kind, String head, String entry) throws BackupException {
        var bytes = entry.getBytes(StandardCharsets.UTF_8);
        var name = "ledger entry " + head + " of " + target;
        var json = JsonLayout.parse(name, bytes).requireFormat(1);
        var number = json.number("number");
        if (!head.equals(number + "-" + Sha256.of(bytes))
                || !json.text("target").equals(target)
                || !json.text("kind").equals(kind)) {
            throw new BackupException(Kind.DAMAGED, name + " is another than its event says");
        }
        return new LedgerEntryText(name, number, json.time("time"), json.members("body"));
    }
}
