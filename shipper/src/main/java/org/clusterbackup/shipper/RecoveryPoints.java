package org.clusterbackup.shipper;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.clusterbackup.events.RecoveryPointDue;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.events.RequiredSource;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.copy.Copied;
import org.clusterbackup.repository.ledger.ControlPlane;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.ledger.RecoveryPoint.Standing;
import org.clusterbackup.repository.ledger.Retirement;
import org.clusterbackup.repository.ledger.RunAtTarget;
import org.clusterbackup.repository.ledger.SignedEntry;
import org.clusterbackup.service.RetirementNote;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code recovery-point-due}: looks at what really stands at the target and enters it in the ledger. What the
 * ledger's last recovery point had is expected again, whatever the event says, so that no event makes a source be
 * forgotten: only a note that was signed does.
 */
final class RecoveryPoints {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryPoints.class);

    private static final Pattern TICK = Pattern.compile("-[0-9]{8}t[0-9]{6}z$");

    private final Ends ends;
    private final Surroundings surroundings;
    private final boolean oneReplica;

    RecoveryPoints(Ends ends, Surroundings surroundings, boolean oneReplica) {
        this.ends = ends;
        this.surroundings = surroundings;
        this.oneReplica = oneReplica;
    }

    /** Enters the run's recovery point, or finds that an equal one stands; durable on return. */
    RecoveryPointReached enter(RecoveryPointDue due) throws BackupException {
        try (var _ = ends.lock()) {
            var chain = ends.ledger().read();
            chain.requireWhole();
            chain = retire(due, chain);
            var point = pointOf(due, chain);
            var standing = chain.recoveryPointOf(due.run())
                    .filter(link -> link.entry().body().filter(point::equals).isPresent());
            var entry = standing.isPresent()
                    ? ends.ledger().signed(standing.get().head())
                    : ends.ledger().append(point, surroundings.heads(chain.otherHeads()), ends.key());
            return reached(due.run(), entry);
        }
    }

    /**
     * What is to be announced again: the last recovery point, and the last of each schedule, by the runs' names. From a
     * rare policy's the scheduler knows its last tick when Kafka has forgotten the request.
     */
    List<RecoveryPointReached> newest() throws BackupException {
        var chain = ends.ledger().read();
        var lastRuns = new LinkedHashMap<String, String>();
        chain.recoveryPoints()
                .forEach(point -> lastRuns.put(TICK.matcher(point.run()).replaceFirst(""), point.run()));
        var runs = new LinkedHashSet<String>();
        lastRuns.forEach((schedule, run) -> {
            if (!schedule.equals(run)) {
                runs.add(run);
            }
        });
        chain.lastRecoveryPoint().ifPresent(last -> runs.add(last.run()));
        var newest = new ArrayList<RecoveryPointReached>();
        for (var run : runs) {
            var head = chain.recoveryPointOf(run).orElseThrow().head();
            newest.add(reached(run, ends.ledger().signed(head)));
        }
        return newest;
    }

    private RecoveryPointReached reached(String run, SignedEntry entry) {
        return new RecoveryPointReached(
                run, ends.name().value(), entry.head().toString(), entry.text(), entry.signature());
    }

    /** Enters whom the operator has retired, unless the event names them: whoever was announced again is expected again. */
    private LedgerChain retire(RecoveryPointDue due, LedgerChain chain) throws BackupException {
        var now = chain;
        for (var source : unnamed(due, chain)) {
            var note = note(source);
            // A note counts once: the source may have come back since.
            if (note.isPresent() && chain.bodies(Retirement.class).noneMatch(note.get()::equals)) {
                var _ = ends.ledger().append(note.get(), surroundings.heads(chain.otherHeads()), ends.key());
                LOG.info("source retired source={} target={}", source, ends.name());
                now = ends.ledger().read();
            }
        }
        return now;
    }

    /** One that is not to be believed retires nothing. */
    private Optional<Retirement> note(SourceName source) throws BackupException {
        try {
            return RetirementNote.read(ends.staging(), source);
        } catch (BackupException e) {
            if (e.kind().retryable()) {
                throw e;
            }
            LOG.error("source is not retired source={}: {}", source, e.getMessage());
            return Optional.empty();
        }
    }

    private static Set<SourceName> named(RecoveryPointDue due) {
        return due.sources().stream().map(SourceName::new).collect(Collectors.toSet());
    }

    /** What the last recovery point had, nobody retired, and the event does not name. */
    private static Set<SourceName> unnamed(RecoveryPointDue due, LedgerChain chain) {
        var sources = new TreeSet<SourceName>();
        chain.lastRecoveryPoint().ifPresent(last -> {
            last.sources().forEach(standing -> sources.add(standing.source()));
            last.missing().forEach(missing -> sources.add(missing.source()));
        });
        sources.removeAll(chain.retired());
        sources.removeAll(named(due));
        return sources;
    }

    private RecoveryPoint pointOf(RecoveryPointDue due, LedgerChain chain) throws BackupException {
        var expected = unnamed(due, chain);
        expected.addAll(named(due));

        var standings = new ArrayList<Standing>();
        var manifests = new ArrayList<Manifest>();
        var sets = new HashMap<SourceName, String>();
        var reasons = new HashMap<SourceName, String>(surroundings.reasons(due.run()));
        for (var source : expected) {
            var found = newestOf(source, due, reasons);
            found.ifPresent(at -> {
                standings.add(at.standing());
                manifests.add(at.manifest());
                var set = at.manifest().details().path("replicaSet");
                if (set.isTextual()) {
                    sets.put(source, set.textValue());
                }
            });
        }
        var oldest = due.required().stream()
                .collect(Collectors.toMap(
                        required -> new SourceName(required.source()), RequiredSource::notBefore, (a, b) -> a));
        var all = expected.stream()
                .map(source -> new RunAtTarget.Expected(
                        source,
                        Optional.ofNullable(sets.get(source)).or(() -> surroundings.replicaSet(source.value())),
                        oldest.getOrDefault(source, Instant.MIN)))
                .toList();
        return new RunAtTarget(due.run(), oneReplica)
                .recoveryPoint(all, standings, reasons, new ControlPlane(manifests).notes());
    }

    /**
     * The source's artifact of this run, otherwise the newest that was begun before this run's deadline. One that is
     * not whole stands for nothing; why it is not is told as the reason.
     */
    private Optional<Copied> newestOf(SourceName source, RecoveryPointDue due, Map<SourceName, String> reasons)
            throws BackupException {
        Optional<Copied> newest = Optional.empty();
        for (var ref : ends.shipped().list(source).reversed()) {
            if (ref.artifact().time().isAfter(due.deadline())) {
                continue;
            }
            var standing = standing(ref, reasons);
            if (standing.isEmpty()) {
                continue;
            }
            var here = standing.get();
            if (here.manifest().run().map(due.run()::equals).orElse(true)) {
                return Optional.of(here);
            }
            if (newest.isEmpty()) {
                newest = Optional.of(here);
            }
            if (ref.artifact().time().isBefore(due.requested())) {
                break;
            }
        }
        return newest;
    }

    private Optional<Copied> standing(ArtifactRef ref, Map<SourceName, String> reasons) throws BackupException {
        try {
            return Optional.of(ends.copier().standing(ref));
        } catch (BackupException e) {
            return switch (e.kind()) {
                case DAMAGED, SIGNATURE, UNKNOWN_FORMAT, NOT_FOUND -> {
                    reasons.put(ref.source(), String.valueOf(e.getMessage()));
                    yield Optional.empty();
                }
                default -> throw e;
            };
        }
    }
}
