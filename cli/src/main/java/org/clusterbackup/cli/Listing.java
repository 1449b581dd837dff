package org.clusterbackup.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerChain;

/**
 * Everything that is committed in a repository, each manifest verified.
 *
 * @param ledger empty in staging
 */
record Listing(List<Item> items, Optional<LedgerChain> ledger) {
    private static final int AT_ONCE = 8;
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    Listing {
        items = List.copyOf(items);
    }

    /** An artifact, with its manifest or with what is wrong with it. */
    record Item(ArtifactRef ref, Optional<Manifest> manifest, Optional<BackupException> problem) {}

    static Listing of(Repository repository, Predicate<ArtifactRef> wanted)
            throws BackupException, InterruptedException {
        var ledger = repository.description().isTarget()
                ? Optional.of(new Ledger(repository).read())
                : Optional.<LedgerChain>empty();
        var deleted = new HashSet<ArtifactRef>();
        ledger.ifPresent(
                chain -> chain.deleted().forEach(gone -> deleted.add(new ArtifactRef(gone.source(), gone.artifact()))));
        var refs = new Artifacts(repository.store())
                .list().stream()
                        .filter(ref -> !deleted.contains(ref))
                        .filter(wanted)
                        .toList();
        var manifests =
                new Manifests(repository.store(), repository.description().repository(), repository.signers());
        return new Listing(read(refs, manifests), ledger);
    }

    private static List<Item> read(List<ArtifactRef> refs, Manifests manifests)
            throws BackupException, InterruptedException {
        var items = new ArrayList<Item>();
        try (var threads =
                Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
            var reading = new ArrayList<Future<Item>>();
            refs.forEach(ref -> reading.add(threads.submit(() -> read(ref, manifests))));
            for (var item : reading) {
                items.add(item.get());
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BackupException failure
                    ? failure
                    : new BackupException(Kind.FAILED, "cannot read manifests: " + e.getCause(), e);
        }
        return items;
    }

    /** What is wrong with one artifact does not hide the others; what is wrong with the place ends the listing. */
    private static Item read(ArtifactRef ref, Manifests manifests) throws BackupException {
        try {
            return new Item(ref, Optional.of(manifests.read(ref).manifest()), Optional.empty());
        } catch (BackupException e) {
            if (!e.kind().concernsObject()) {
                throw e;
            }
            return new Item(ref, Optional.empty(), Optional.of(e));
        }
    }

    /** Its source's {@code @latest} stays that artifact until its time has come, whatever is stored meanwhile. */
    static void warnOfFuture(ArtifactRef ref, Console console) {
        var time = ref.artifact().time();
        if (time.isAfter(Instant.now().plus(CLOCKS_DIFFER))) {
            console.warn(
                    Kind.WARNINGS,
                    ref + " has a time in the future: the clock of who made it was wrong, and " + ref.source()
                            + "@latest names it until then; name a later one by its id");
        }
    }

    /** Tells the console what is wrong, which decides the exit code. */
    void tell(Console console) {
        for (var item : items) {
            warnOfFuture(item.ref(), console);
            item.problem()
                    .ifPresent(e -> console.warn(
                            e.kind() == Kind.NOT_FOUND ? Kind.DAMAGED : e.kind(), String.valueOf(e.getMessage())));
        }
        ledger.ifPresent(chain -> chain.problems().forEach(problem -> console.warn(problem.kind(), problem.message())));
    }
}
