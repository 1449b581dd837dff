package org.clusterbackup.repository.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;

/** A source is expected no more: the operator signed {@code retired/<source>}, which has this digest. */
public record Retirement(SourceName source, Sha256 sha256) implements LedgerBody {
    static final String KIND = "retired";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public ObjectNode toJson() {
        return JsonLayout.object().put("source", source.value()).put("sha256", sha256.hex());
    }

    static Retirement parse(JsonMembers body) throws BackupException {
        return new Retirement(body.source("source"), body.digest("sha256"));
    }
}
