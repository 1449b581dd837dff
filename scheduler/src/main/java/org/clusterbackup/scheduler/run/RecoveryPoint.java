package org.clusterbackup.scheduler.run;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/**
 * A recovery point as its signed ledger entry says it.
 *
 * @param problems that a restore would meet although nothing is missing
 */
public record RecoveryPoint(
        String run,
        String target,
        long number,
        Instant time,
        String status,
        String head,
        List<Proved> sources,
        List<Missing> missing,
        List<String> problems) {

    /** An artifact that is at the target, and when the oldest of its packs was proved. */
    public record Proved(
            String source, String artifact, Optional<String> run, Instant started, Sha256 manifest, Instant proved) {}

    public record Missing(String source, String reason) {}

    public RecoveryPoint {
        sources = List.copyOf(sources);
        missing = List.copyOf(missing);
        problems = List.copyOf(problems);
    }

    /** @throws BackupException {@code DAMAGED} if the entry is not what the event says of it */
    public static RecoveryPoint parse(RecoveryPointReached event) throws BackupException {
        var entry = LedgerEntryText.parse(event.target(), "recovery-point", event.head(), event.entry());
        var body = entry.body();
        if (!body.text("run").equals(event.run())) {
            throw new BackupException(Kind.DAMAGED, entry.name() + " is of another run");
        }
        var sources = new ArrayList<Proved>();
        for (var source : body.objects("sources")) {
            sources.add(proved(source));
        }
        var missing = new ArrayList<Missing>();
        for (var source : body.objects("missing")) {
            missing.add(new Missing(source.text("source"), source.text("reason")));
        }
        var problems = new ArrayList<String>();
        for (var note : body.has("notes") ? body.objects("notes") : List.<JsonMembers>of()) {
            if (note.flag("degrades")) {
                problems.add(note.text("text"));
            }
        }
        return new RecoveryPoint(
                event.run(),
                event.target(),
                entry.number(),
                entry.time(),
                body.text("status"),
                event.head(),
                sources,
                missing,
                problems);
    }

    private static Proved proved(JsonMembers source) throws BackupException {
        return new Proved(
                source.text("source"),
                source.text("artifact"),
                source.optionalText("run"),
                source.time("started"),
                source.digest("manifestSha256"),
                source.time("proved"));
    }

    /** Whether a cluster can be rebuilt from it: partial ones do not count. */
    public boolean counts() {
        return status.equals("complete") || status.equals("degraded");
    }

    /** The time that a restore would bring back: when the first backup of its run began. */
    public Instant restores() {
        return sources.stream()
                .filter(source -> source.run().equals(Optional.of(run)))
                .map(Proved::started)
                .min(Instant::compareTo)
                .orElse(time);
    }

    Set<String> artifacts() {
        return sources.stream().map(Proved::artifact).collect(Collectors.toUnmodifiableSet());
    }
}
