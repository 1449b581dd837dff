package org.clusterbackup.shipper;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.clusterbackup.events.DrillEntered;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.drill.DrillReport;
import org.clusterbackup.repository.drill.DrillReports;
import org.clusterbackup.repository.ledger.DrillResult;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.SignedEntry;
import org.clusterbackup.repository.store.ObjectInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enters in the ledger what drills have left at the target, each report once. One that is not to be believed is told once
 * and never entered. For one thread.
 */
final class Drills {
    private static final Logger LOG = LoggerFactory.getLogger(Drills.class);

    /** Clocks of two machines that both say the right time may differ by this. */
    private static final Duration SKEW = Duration.ofMinutes(10);

    private final Ends ends;
    private final Surroundings surroundings;
    private final Clock clock;
    /** Not to be believed as they lie there. */
    private final Set<ObjectInfo> refused = new HashSet<>();

    Drills(Ends ends, Surroundings surroundings, Clock clock) {
        this.ends = ends;
        this.surroundings = surroundings;
        this.clock = clock;
    }

    /** Enters what is new; durable on return, and to be announced. */
    List<DrillEntered> enter() throws BackupException {
        var reports = new DrillReports(ends.target());
        var there = reports.list();
        refused.retainAll(new HashSet<>(there));
        there.removeAll(refused);
        if (unnamed(there, ends.ledger().read()).isEmpty()) {
            return List.of();
        }
        var entered = new ArrayList<DrillEntered>();
        try (var lock = ends.lock()) {
            var chain = ends.ledger().read();
            chain.requireWhole();
            for (var report : unnamed(there, chain)) {
                var result = believed(reports, report, chain);
                if (result.isPresent()) {
                    lock.requireHeld();
                    entered.add(entered(
                            ends.ledger().append(result.get(), surroundings.heads(chain.otherHeads()), ends.key())));
                    LOG.info(
                            "drill entered run={} target={} report={} ok={}",
                            result.get().run(),
                            ends.name(),
                            report.name(),
                            result.get().ok());
                    chain = ends.ledger().read();
                }
            }
        }
        return entered;
    }

    /** The newest drill that says something of a whole recovery point, to be announced again. */
    Optional<DrillEntered> newest() throws BackupException {
        var last = ends.ledger().read().lastDrill();
        return last.isEmpty()
                ? Optional.empty()
                : Optional.of(entered(ends.ledger().signed(last.get().head())));
    }

    private DrillEntered entered(SignedEntry entry) {
        return new DrillEntered(ends.name().value(), entry.head().toString(), entry.text(), entry.signature());
    }

    private static List<ObjectInfo> unnamed(List<ObjectInfo> there, LedgerChain chain) {
        var named = chain.bodies(DrillResult.class).map(DrillResult::report).collect(Collectors.toSet());
        return there.stream().filter(object -> !named.contains(object.name())).toList();
    }

    private Optional<DrillResult> believed(DrillReports reports, ObjectInfo object, LedgerChain chain)
            throws BackupException {
        try {
            var read = reports.read(object.name());
            requireNews(object.name(), read.report(), read.sha256(), chain);
            return Optional.of(new DrillResult(
                    object.name(),
                    read.sha256(),
                    read.report().ok(),
                    read.report().run(),
                    read.report().time(),
                    read.report().whole()));
        } catch (BackupException e) {
            if (!e.kind().concernsObject()) {
                throw e;
            }
            refused.add(object);
            LOG.warn("drill is not entered target={}: {}", ends.name(), e.getMessage());
            return Optional.empty();
        }
    }

    /** A signature says who wrote it, and not of what: a copy under another name is no further drill. */
    private void requireNews(String name, DrillReport report, Sha256 sha256, LedgerChain chain) throws BackupException {
        if (chain.bodies(DrillResult.class).anyMatch(entered -> entered.sha256().equals(sha256))) {
            throw new BackupException(Kind.DAMAGED, name + " is a copy of a report that the ledger names");
        }
        if (chain.recoveryPointAt(report.entry()).filter(report::isOf).isEmpty()) {
            throw new BackupException(
                    Kind.DAMAGED, name + " is of no recovery point that this ledger has: " + report.entry());
        }
        if (report.time().isAfter(clock.instant().plus(SKEW)) || report.time().isBefore(created(ends.target()))) {
            throw new BackupException(Kind.DAMAGED, name + " is of a time that cannot be: " + report.time());
        }
    }

    private static Instant created(Repository target) {
        return target.description().created().minus(SKEW);
    }
}
