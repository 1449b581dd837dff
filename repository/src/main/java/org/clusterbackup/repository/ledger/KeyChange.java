package org.clusterbackup.repository.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Sha256;

/** {@code repository.json} was replaced. */
public record KeyChange(Sha256 repositoryJsonSha256, long revision) implements LedgerBody {
    static final String KIND = "keys";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public ObjectNode toJson() {
        return JsonLayout.object()
                .put("repositoryJsonSha256", repositoryJsonSha256.hex())
                .put("revision", revision);
    }

    static KeyChange parse(JsonMembers body) throws BackupException {
        return new KeyChange(body.digest("repositoryJsonSha256"), body.number("revision"));
    }
}
