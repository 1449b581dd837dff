package org.clusterbackup.repository.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonMembers;

/** What an entry says; one kind a type. */
public sealed interface LedgerBody permits RecoveryPoint, Deletion, Scrub, DrillResult, KeyChange, Retirement {

    /** The entry's {@code kind}. */
    String kind();

    /** The entry's {@code body}. */
    ObjectNode toJson();

    /** Empty for a kind that this program does not know: the entry counts as a link of the chain and no more. */
    static Optional<LedgerBody> parse(String kind, JsonMembers body) throws BackupException {
        return switch (kind) {
            case RecoveryPoint.KIND -> Optional.of(RecoveryPoint.parse(body));
            case Deletion.KIND -> Optional.of(Deletion.parse(body));
            case Scrub.KIND -> Optional.of(Scrub.parse(body));
            case DrillResult.KIND -> Optional.of(DrillResult.parse(body));
            case KeyChange.KIND -> Optional.of(KeyChange.parse(body));
            case Retirement.KIND -> Optional.of(Retirement.parse(body));
            default -> Optional.empty();
        };
    }
}
