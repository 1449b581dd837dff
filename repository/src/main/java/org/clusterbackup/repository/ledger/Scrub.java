package org.clusterbackup.repository.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Sha256;

/**
 * Packs that were proved again: every byte of each in the range was read.
 *
 * @param from the least pack name of the range
 * @param to the greatest, inclusive
 * @param packs how many were read
 * @param damaged those whose bytes do not match their name, and those that are missing though an artifact needs them
 */
public record Scrub(Sha256 from, Sha256 to, long packs, long bytes, List<Sha256> damaged) implements LedgerBody {
    static final String KIND = "scrub";

    public Scrub {
        damaged = List.copyOf(damaged);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public ObjectNode toJson() {
        var body = JsonLayout.object()
                .put("from", from.hex())
                .put("to", to.hex())
                .put("packs", packs)
                .put("bytes", bytes);
        var list = body.putArray("damaged");
        damaged.forEach(name -> list.add(name.hex()));
        return body;
    }

    static Scrub parse(JsonMembers body) throws BackupException {
        try {
            return new Scrub(
                    body.digest("from"),
                    body.digest("to"),
                    body.number("packs"),
                    body.number("bytes"),
                    body.texts("damaged").stream().map(Sha256::new).toList());
        } catch (IllegalArgumentException e) {
            throw body.bad("damaged", "an array of pack names");
        }
    }
}
