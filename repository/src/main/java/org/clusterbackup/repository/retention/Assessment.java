package org.clusterbackup.repository.retention;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Tasks;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.ledger.Scrubs;

/** Finds out which artifacts can be believed and are whole. For one thread that calls it. */
final class Assessment {
    /** Each artifact costs three round trips. */
    private static final int AT_ONCE = 8;

    private final Repository target;
    private final Survey survey;
    private final Manifests manifests;
    private final Scrubs scrubs;
    private final List<Candidate> candidates = Collections.synchronizedList(new ArrayList<>());
    private final List<Wrong> wrongs = Collections.synchronizedList(new ArrayList<>());

    /**
     * Something wrong with an artifact.
     *
     * @param believed whether its manifest can be believed: only then does the policy decide about it
     */
    record Wrong(ArtifactRef ref, Kind kind, String message, boolean believed) {}

    Assessment(Repository target, Survey survey) {
        this.target = target;
        this.survey = survey;
        this.manifests = new Manifests(target.store(), target.description().repository(), target.signers());
        this.scrubs = survey.ledger().scrubs();
    }

    /** Looks at every artifact of {@code refs}, all committed. */
    void assess(Iterable<ArtifactRef> refs) throws BackupException {
        try (var reading = new Tasks(AT_ONCE)) {
            for (var ref : refs) {
                reading.submit(() -> assess(ref));
            }
            reading.await();
        }
    }

    private void assess(ArtifactRef ref) throws BackupException {
        Manifests.Verified verified;
        try {
            verified = manifests.read(ref);
        } catch (BackupException e) {
            requireOfObject(e);
            add(ref, e.kind(), e.getMessage() + "; it stays until that is mended", false);
            return;
        }
        var wrong = wrong(verified.manifest());
        wrong.ifPresent(e -> add(ref, e.kind(), ref + " is not whole: " + e.getMessage(), true));
        var folder = survey.artifacts().get(ref);
        candidates.add(new Candidate(
                ref,
                verified.sha256(),
                verified.manifest().packsSha256(),
                RunTime.of(verified.manifest()),
                folder == null ? Instant.EPOCH : folder.committed().orElse(Instant.EPOCH),
                wrong.isEmpty()));
    }

    private static void requireOfObject(BackupException e) throws BackupException {
        if (!e.kind().concernsObject()) {
            throw e;
        }
    }

    private void add(ArtifactRef ref, Kind kind, String message, boolean believed) {
        wrongs.add(new Wrong(ref, kind == Kind.NOT_FOUND ? Kind.DAMAGED : kind, message, believed));
    }

    /** The first thing that keeps it from being whole, by the listing and by what scrubs found. */
    private Optional<BackupException> wrong(Manifest manifest) throws BackupException {
        PackList list;
        try {
            list = PackList.read(target.store(), manifest);
        } catch (BackupException e) {
            requireOfObject(e);
            return Optional.of(e);
        }
        for (var line = 1; line <= list.count(); line++) {
            var pack = list.name(line).hex();
            var size = survey.packs().size(pack);
            if (size != list.size(line)) {
                return damaged(pack, size == PackSet.ABSENT ? " is missing" : " has another size");
            }
            var found = scrubs.foundDamaged(list.name(line));
            if (found.isPresent()
                    && survey.packs().time(pack).filter(found.get()::isAfter).isPresent()) {
                return damaged(pack, " was found damaged at " + found.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<BackupException> damaged(String pack, String what) {
        return Optional.of(new BackupException(Kind.DAMAGED, PackSet.path(pack) + what));
    }

    /** Those whose manifest is believed. */
    List<Candidate> candidates() {
        return List.copyOf(candidates);
    }

    /** In order of the artifacts. */
    List<Wrong> wrong() {
        return wrongs.stream().sorted(Comparator.comparing(Wrong::ref)).toList();
    }

    /**
     * Needs what {@code candidate} needs; of a list that is damaged, all that looks like a pack's name.
     *
     * @return false if there is no list
     */
    boolean need(Candidate candidate, NeededPacks needed) throws BackupException {
        try {
            needed.need(PackList.read(target.store(), candidate.ref(), candidate.packsSha256()));
            return true;
        } catch (BackupException e) {
            requireOfObject(e);
            return needed.needNamesIn(candidate.ref().object(ArtifactRef.PACKS));
        }
    }
}
