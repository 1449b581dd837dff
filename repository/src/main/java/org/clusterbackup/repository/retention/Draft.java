package org.clusterbackup.repository.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.copy.CondemnedPacks;

/** Works out a {@link PrunePlan}, and keeps beside it which packs are meant. For one thread; it reads only. */
final class Draft {
    /** What nobody committed within a day by the store's clock is left over: no upload takes as long. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Repository target;
    private final Survey survey;
    private final Instant now;
    private final CondemnedPacks condemnedFiles;
    private final Map<ArtifactRef, Survey.Folder> swept = new TreeMap<>();
    private final List<ArtifactRef> committed = new ArrayList<>();
    private final List<PrunePlan.Bad> bad = new ArrayList<>();
    private final NeededPacks needed;
    private final PackSet condemned = new PackSet();
    private final PackSet pending = new PackSet();
    private final PackSet due = new PackSet();
    private final List<String> dueFiles = new ArrayList<>();
    private PrunePlan.Packs waiting = PrunePlan.Packs.NONE;

    /** @param now by the store's clock */
    Draft(Repository target, Survey survey, Instant now) {
        this.target = target;
        this.survey = survey;
        this.now = now;
        this.condemnedFiles = new CondemnedPacks(target.store());
        this.needed = new NeededPacks(target.store(), survey.packs()::contains);
    }

    /** Works it out, once. */
    PrunePlan plan(Retention retention, Duration grace) throws BackupException {
        folders();
        var assessment = new Assessment(target, survey);
        assessment.assess(committed);
        for (var wrong : assessment.wrong()) {
            if (wrong.believed()) {
                bad.add(new PrunePlan.Bad(wrong.ref(), wrong.kind(), wrong.message(), false));
            } else {
                keepAsItIs(wrong.ref(), wrong.kind(), wrong.message());
            }
        }
        var choice = choose(retention, assessment.candidates());
        for (var kept : choice.kept()) {
            if (!assessment.need(kept.candidate(), needed)) {
                doubt(kept.candidate().ref());
            }
        }
        var artifactBytes =
                swept.values().stream().mapToLong(Survey.Folder::bytes).sum();
        for (var removed : choice.removed()) {
            var folder = survey.artifacts().get(removed.ref());
            artifactBytes += folder == null ? 0 : folder.bytes();
        }
        packs(grace);
        return new PrunePlan(
                choice.kept(),
                choice.removed(),
                List.copyOf(swept.keySet()),
                bad,
                size(condemned),
                size(due),
                artifactBytes,
                waiting);
    }

    /** Tells committed artifacts from what was deleted in part, and from what nobody committed. */
    private void folders() throws BackupException {
        var deleted = survey.deleted();
        var named = survey.named();
        for (var artifact : survey.artifacts().entrySet()) {
            var ref = artifact.getKey();
            var folder = artifact.getValue();
            if (deleted.contains(ref)) {
                swept.put(ref, folder);
            } else if (folder.committed().isPresent()) {
                committed.add(ref);
            } else if (named.contains(ref)) {
                keepAsItIs(ref, Kind.DAMAGED, ref.object(ArtifactRef.MANIFEST) + " is missing: the ledger names it");
            } else if (folder.newest().plus(ABANDONED).isBefore(now)) {
                swept.put(ref, folder);
            }
        }
    }

    /** It cannot be believed, so that nothing is decided by it: it stays with every pack that it may need. */
    private void keepAsItIs(ArtifactRef ref, Kind kind, String message) throws BackupException {
        bad.add(new PrunePlan.Bad(ref, kind, message, false));
        if (!needed.needNamesIn(ref.object(ArtifactRef.PACKS))) {
            doubt(ref);
        }
    }

    private void doubt(ArtifactRef ref) {
        bad.add(new PrunePlan.Bad(
                ref,
                Kind.DAMAGED,
                ref.object(ArtifactRef.PACKS) + " is missing: nobody knows which packs it needs, so that none goes",
                true));
    }

    private Choice choose(Retention retention, List<Candidate> candidates) {
        var byPolicy = new HashMap<Policy, List<Candidate>>();
        var kept = new ArrayList<Choice.Kept>();
        var removed = new ArrayList<Candidate>();
        for (var candidate : candidates) {
            retention
                    .policy(candidate.ref().source())
                    .ifPresentOrElse(
                            policy -> byPolicy.computeIfAbsent(policy, _ -> new ArrayList<>())
                                    .add(candidate),
                            () -> kept.add(new Choice.Kept(candidate, List.of("other source"))));
        }
        byPolicy.forEach((policy, asked) -> {
            var chosen = Choice.of(policy, asked, survey.roots(), survey.gone());
            kept.addAll(chosen.kept());
            removed.addAll(chosen.removed());
        });
        kept.sort(Comparator.comparing(Choice.Kept::candidate, Choice.ORDER));
        removed.sort(Choice.ORDER);
        return new Choice(kept, removed);
    }

    private void packs(Duration grace) throws BackupException {
        if (bad.stream().anyMatch(PrunePlan.Bad::stops)) {
            return;
        }
        for (var file : survey.condemned()) {
            var isDue = !file.modified().plus(grace).isAfter(now);
            for (var pack : condemnedFiles.packs(file.name())) {
                if (!isDue) {
                    addListed(pending, pack);
                } else if (!needed.contains(pack) && isOlder(pack, file.modified())) {
                    addListed(due, pack);
                }
            }
            if (isDue) {
                dueFiles.add(file.name());
            }
        }
        var abandoned = now.minus(ABANDONED);
        survey.packs().forEach((pack, size) -> {
            if (needed.contains(pack) || due.contains(pack)) {
                return;
            }
            if (pending.contains(pack) || !isOlder(pack, abandoned)) {
                waiting = waiting.plus(size);
            } else {
                addListed(condemned, pack);
            }
        });
    }

    private void addListed(PackSet set, String pack) {
        if (survey.packs().contains(pack)) {
            set.add(pack, survey.packs().size(pack), Instant.EPOCH);
        }
    }

    /** Whether it was stored before {@code time}; to the second, and in doubt not: somebody may have stored it again. */
    private boolean isOlder(String pack, Instant time) {
        var second = time.truncatedTo(ChronoUnit.SECONDS);
        return survey.packs().time(pack).filter(second::isAfter).isPresent();
    }

    private static PrunePlan.Packs size(PackSet set) throws BackupException {
        var sum = new long[1];
        set.forEach((_, size) -> sum[0] += size);
        return new PrunePlan.Packs(set.count(), sum[0]);
    }

    /** Packs to be condemned. */
    PackSet condemned() {
        return condemned;
    }

    /** Packs to be deleted. */
    PackSet due() {
        return due;
    }

    /** Files of condemned packs that go when those are deleted. */
    List<String> dueFiles() {
        return dueFiles;
    }

    /** Whether {@code line} of a list of condemned packs is one that is needed, which nobody struck. */
    boolean isNeeded(String line) {
        return PackSet.isName(line) && needed.contains(line);
    }

    boolean packsStay() {
        return bad.stream().anyMatch(PrunePlan.Bad::stops);
    }
}
