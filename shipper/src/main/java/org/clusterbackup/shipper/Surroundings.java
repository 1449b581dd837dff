package org.clusterbackup.shipper;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.SourceRetired;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other services said that a recovery point mentions: replica sets, why a source failed, how far other targets'
 * ledgers are. Folded from events; without them a recovery point says less, and nothing wrong. Thread-safe.
 */
final class Surroundings {
    private static final Logger LOG = LoggerFactory.getLogger(Surroundings.class);
    private static final int RUNS_KEPT = 100;

    private final Map<String, String> replicaSets = new HashMap<>();
    private final Map<TargetName, LedgerHead> heads = new TreeMap<>();
    private final Map<String, Map<SourceName, String>> reasons = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<SourceName, String>> eldest) {
            return size() > RUNS_KEPT;
        }
    };

    /** @param here the target that this shipper serves */
    synchronized void apply(BackupEvent event, TargetName here) {
        switch (event) {
            case SourceAnnounced announced ->
                announced.replicaSet().ifPresent(set -> replicaSets.put(announced.source(), set));
            case SourceRetired retired -> replicaSets.remove(retired.source());
            case BackupFailed failed -> failed(failed, here);
            default -> {}
        }
    }

    private void failed(BackupFailed failed, TargetName here) {
        var concernsUs = failed.target().map(here.value()::equals).orElse(true);
        if (failed.ended() && concernsUs && failed.run().isPresent()) {
            reasons.computeIfAbsent(failed.run().get(), _ -> new HashMap<>())
                    .put(new SourceName(failed.source()), failed.stage() + ": " + failed.message());
        }
    }

    /** An entry of another target's ledger is believed only with its signature. */
    synchronized void apply(RecoveryPointReached reached, Repository repository, TargetName here) {
        if (reached.target().equals(here.value())) {
            return;
        }
        try {
            var target = new TargetName(reached.target());
            var head = Ledger.ofEvent(repository, target, reached.entry(), reached.signature())
                    .head();
            heads.merge(target, head, (a, b) -> b.number() > a.number() ? b : a);
        } catch (BackupException | IllegalArgumentException e) {
            LOG.warn("ledger entry of another target is not believed target={}: {}", reached.target(), e.getMessage());
        }
    }

    synchronized Optional<String> replicaSet(String source) {
        return Optional.ofNullable(replicaSets.get(source));
    }

    synchronized Map<SourceName, String> reasons(String run) {
        return Map.copyOf(reasons.getOrDefault(run, Map.of()));
    }

    /** The newest heads of other targets' ledgers, with those that this ledger has named before. */
    synchronized Map<TargetName, LedgerHead> heads(Map<TargetName, LedgerHead> named) {
        var newest = new TreeMap<>(named);
        heads.forEach((target, head) -> newest.merge(target, head, (a, b) -> b.number() > a.number() ? b : a));
        return newest;
    }
}
