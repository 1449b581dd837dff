package org.clusterbackup.repository.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;

/**
 * A run whose artifacts were verified at the target. Equal ones say the same: sources and missing ones are kept sorted.
 *
 * @param sources at most one artifact a source, of this run or of an earlier one
 * @param missing expected sources without an artifact of this run, and why
 * @param notes what the artifacts, which may be whole each for itself, say of each other
 */
public record RecoveryPoint(String run, Status status, List<Standing> sources, List<Missing> missing, List<Note> notes)
        implements LedgerBody {
    static final String KIND = "recovery-point";

    public RecoveryPoint {
        sources =
                sources.stream().sorted(Comparator.comparing(Standing::source)).toList();
        missing = missing.stream().sorted(Comparator.comparing(Missing::source)).toList();
        notes = notes.stream()
                .sorted(Comparator.comparing(Note::source).thenComparing(Note::text))
                .toList();
    }

    /** How much of the cluster a recovery point would bring back. */
    public enum Status {
        /** Every expected source has its artifact of this run; of a replica set one may be enough. */
        COMPLETE,
        /** Each replica set and every other source has one whole stream, but a restore would meet what is said. */
        DEGRADED,
        /** Something would not come back. */
        PARTIAL;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Status> parse(String text) {
            return Stream.of(values()).filter(s -> s.text().equals(text)).findFirst();
        }
    }

    /**
     * What stands at the target for one source.
     *
     * @param run empty for an artifact that {@code store} made
     * @param started when the backup began
     * @param proved the time of the oldest proof of any of its packs
     */
    public record Standing(
            SourceName source,
            ArtifactId artifact,
            Optional<String> run,
            Instant started,
            Sha256 manifestSha256,
            Proof proof,
            Instant proved) {}

    public record Missing(SourceName source, String reason) {}

    /**
     * @param degrades whether a restore of the source would meet a problem
     * @param text a sentence without its end, which names all that it is about
     */
    public record Note(SourceName source, boolean degrades, String text) {}

    /** What keeps it from being complete, a sentence each. */
    public List<String> reasons() {
        return Stream.concat(
                        missing.stream().map(m -> m.source() + ": " + m.reason()),
                        notes.stream().filter(Note::degrades).map(Note::text))
                .toList();
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public ObjectNode toJson() {
        var body = JsonLayout.object().put("run", run).put("status", status.text());
        var list = body.putArray("sources");
        for (var standing : sources) {
            var object = list.addObject()
                    .put("source", standing.source().value())
                    .put("artifact", standing.artifact().value());
            standing.run().ifPresent(value -> object.put("run", value));
            object.put("started", standing.started().toString())
                    .put("manifestSha256", standing.manifestSha256().hex())
                    .put("proof", standing.proof().text())
                    .put("proved", standing.proved().toString());
        }
        var absent = body.putArray("missing");
        missing.forEach(
                m -> absent.addObject().put("source", m.source().value()).put("reason", m.reason()));
        if (!notes.isEmpty()) {
            var said = body.putArray("notes");
            notes.forEach(note -> said.addObject()
                    .put("source", note.source().value())
                    .put("degrades", note.degrades())
                    .put("text", note.text()));
        }
        return body;
    }

    static RecoveryPoint parse(JsonMembers body) throws BackupException {
        var sources = new ArrayList<Standing>();
        for (var member : body.objects("sources")) {
            sources.add(new Standing(
                    member.source("source"),
                    member.artifact("artifact"),
                    member.optionalText("run"),
                    member.time("started"),
                    member.digest("manifestSha256"),
                    Proof.parse(member.text("proof")).orElseThrow(() -> member.bad("proof", "a known proof")),
                    member.time("proved")));
        }
        var missing = new ArrayList<Missing>();
        for (var member : body.objects("missing")) {
            missing.add(new Missing(member.source("source"), member.text("reason")));
        }
        var notes = new ArrayList<Note>();
        for (var member : body.has("notes") ? body.objects("notes") : List.<JsonMembers>of()) {
            notes.add(new Note(member.source("source"), member.flag("degrades"), member.text("text")));
        }
        var status = Status.parse(body.text("status")).orElseThrow(() -> body.bad("status", "a known status"));
        return new RecoveryPoint(body.text("run"), status, sources, missing, notes);
    }
}
