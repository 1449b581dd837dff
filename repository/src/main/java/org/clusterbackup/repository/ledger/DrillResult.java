package org.clusterbackup.repository.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Sha256;

/**
 * A drill's signed report, left below {@code drills/}, is on record.
 *
 * @param run of the recovery point that was drilled
 * @param time when the drill began
 * @param whole whether every source of the recovery point was tried
 */
public record DrillResult(String report, Sha256 sha256, boolean ok, String run, Instant time, boolean whole)
        implements LedgerBody {
    static final String KIND = "drill";

    /** Whether it says something of the whole recovery point: one of some sources does only if one of them failed. */
    public boolean counts() {
        return whole || !ok;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public ObjectNode toJson() {
        return JsonLayout.object()
                .put("report", report)
                .put("sha256", sha256.hex())
                .put("ok", ok)
                .put("run", run)
                .put("time", time.toString())
                .put("whole", whole);
    }

    static DrillResult parse(JsonMembers body) throws BackupException {
        return new DrillResult(
                body.text("report"),
                body.digest("sha256"),
                body.flag("ok"),
                body.text("run"),
                body.time("time"),
                body.flag("whole"));
    }
}
