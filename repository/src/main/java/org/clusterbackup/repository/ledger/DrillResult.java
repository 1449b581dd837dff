package org.clusterbackup.repository.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Sha256;

/** A drill's signed report, left below {@code drills/}, is on record. */
public record DrillResult(String report, Sha256 sha256, boolean ok) implements LedgerBody {
    static final String KIND = "drill";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public ObjectNode toJson() {
        return JsonLayout.object()
                .put("report", report)
                .put("sha256", sha256.hex())
                .put("ok", ok);
    }

    static DrillResult parse(JsonMembers body) throws BackupException {
        return new DrillResult(body.text("report"), body.digest("sha256"), body.flag("ok"));
    }
}
