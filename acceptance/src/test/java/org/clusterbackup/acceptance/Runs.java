package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.events.SourceAnnounced;

/** Asks the lab's system for backups and follows them by their events. */
final class Runs {
    static final Duration PATIENCE = Duration.ofMinutes(3);
    private final Lab lab;

    Runs(Lab lab) {
        this.lab = lab;
    }

    void awaitSources() {
        for (var source : lab.sources()) {
            lab.events()
                    .awaitEvent(
                            SourceAnnounced.class,
                            announced -> announced.source().equals(source),
                            PATIENCE);
        }
    }

    /** Publishes a request for everything. */
    void request(String run) {
        request(run, Duration.ofMinutes(10));
    }

    void request(String run, Duration deadline) {
        lab.kcat("backup-requested", requestOf(run, deadline));
    }

    static String requestOf(String run, Duration deadline) {
        return "{\"run\":\"%s\",\"deadline\":\"%s\"}"
                .formatted(run, Instant.now().plus(deadline));
    }

    /** Waits until the target's ledger has the run's recovery point, complete. */
    void awaitComplete(String run, String target) {
        var reached = lab.events().awaitEvent(RecoveryPointReached.class, complete(run, target), PATIENCE);
        for (var source : lab.sources()) {
            assertThat(reached.entry()).contains("\"source\":\"" + source + "\"");
        }
    }

    boolean isComplete(String run, String target) {
        return !lab.events()
                .all(RecoveryPointReached.class, complete(run, target))
                .isEmpty();
    }

    private static Predicate<RecoveryPointReached> complete(String run, String target) {
        return event -> event.run().equals(run)
                && event.target().equals(target)
                && event.entry().contains("\"status\":\"complete\"");
    }

    void awaitComplete(String run) {
        awaitComplete(run, Lab.FAR);
        awaitComplete(run, Lab.CLOUD);
    }

    /** Every source's artifact of the run, once each. */
    List<ArtifactReady> ready(String run) {
        return lab
                .events()
                .all(
                        ArtifactReady.class,
                        event -> event.run().filter(run::equals).isPresent())
                .stream()
                .distinct()
                .toList();
    }

    BackupFailed awaitFailure(String run, boolean ended) {
        return lab.events()
                .awaitEvent(
                        BackupFailed.class,
                        event -> event.run().filter(run::equals).isPresent() && event.ended() == ended,
                        PATIENCE);
    }

    /** What must hold whenever nothing is in the making: what is listed has all it needs, and nothing was shipped twice. */
    void requireSound() {
        for (var name : List.of("staging", Lab.FAR, Lab.CLOUD)) {
            lab.copy(name).requireNothingHalf();
        }
        lab.tool().on(lab.copy("staging"), "list").run().good();
        for (var target : List.of(Lab.FAR, Lab.CLOUD)) {
            lab.tool().on(lab.copy(target), "verify").run().good();
            requireKept(target);
        }
    }

    /** Every byte at both targets is read. */
    void requireWhole() {
        for (var target : List.of(Lab.FAR, Lab.CLOUD)) {
            lab.tool().on(lab.copy(target), "verify", "--read-data").run().good();
        }
    }

    /** A pack that was stored once stays that very object: what was announced again was not shipped again. */
    private void requireKept(String target) {
        var now = lab.copy(target).packs();
        var before = lab.packsSeen().put(target, now);
        if (before != null) {
            assertThat(now).as("packs of %s that were there before", target).containsAllEntriesOf(before);
        }
    }
}
