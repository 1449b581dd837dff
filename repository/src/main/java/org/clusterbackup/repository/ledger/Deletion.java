package org.clusterbackup.repository.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;

/** Artifacts that are about to be deleted: entered before their objects go. */
public record Deletion(List<Deleted> artifacts, String reason) implements LedgerBody {
    static final String KIND = "deletion";

    public Deletion {
        artifacts = List.copyOf(artifacts);
    }

    /**
     * @param arrival absent if whoever entered it did not know
     */
    public record Deleted(SourceName source, ArtifactId artifact, Sha256 manifestSha256, Optional<Arrival> arrival) {}

    /**
     * What stays known of an artifact that was deleted: whoever comes after it with an earlier time came late.
     *
     * @param time of its run
     * @param stored when its manifest was stored here, by the store's clock
     */
    public record Arrival(Instant time, Instant stored) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public ObjectNode toJson() {
        var body = JsonLayout.object();
        var list = body.putArray("artifacts");
        for (var deleted : artifacts) {
            var object = list.addObject()
                    .put("source", deleted.source().value())
                    .put("artifact", deleted.artifact().value())
                    .put("manifestSha256", deleted.manifestSha256().hex());
            deleted.arrival()
                    .ifPresent(arrival -> object.put("time", arrival.time().toString())
                            .put("stored", arrival.stored().toString()));
        }
        return body.put("reason", reason);
    }

    static Deletion parse(JsonMembers body) throws BackupException {
        var artifacts = new ArrayList<Deleted>();
        for (var member : body.objects("artifacts")) {
            artifacts.add(new Deleted(
                    member.source("source"),
                    member.artifact("artifact"),
                    member.digest("manifestSha256"),
                    member.has("time") && member.has("stored")
                            ? Optional.of(new Arrival(member.time("time"), member.time("stored")))
                            : Optional.empty()));
        }
        return new Deletion(artifacts, body.text("reason"));
    }
}
