package org.clusterbackup.scheduler.staging;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * Lets staging forget what every target has. Kept are: of each source its newest artifact whole, every artifact that a
 * declared target lacks, and what a running backup deduplicates against. Packs go in two phases: condemned first,
 * deleted a grace period later after looking again. Of some sources only the index stays of what every target has
 * ({@link PacksOffsite}). An artifact that cannot be believed is kept with every pack that
 * it may need, and told; it stops nothing else. Where staging is nearly full, what is whole at one target goes, oldest
 * first, so that a dead target does not stop backups to the others.
 */
public final class Housekeeping {
    private static final double NEARLY_FULL = 0.9;

    private final ObjectStore staging;
    private final Manifests manifests;
    private final Settings settings;

    /**
     * @param targets every declared one
     * @param indexOnly sources of which staging keeps the index only, once every target has the rest
     * @param grace between condemning a pack and deleting it
     * @param abandonedAfter age at which what nobody committed is left over
     * @param capacity bytes that staging may hold; empty where nobody said
     */
    public record Settings(
            List<String> targets,
            Predicate<String> indexOnly,
            Duration grace,
            Duration abandonedAfter,
            OptionalLong capacity) {
        public Settings {
            targets = List.copyOf(targets);
        }
    }

    /** An artifact in staging that cannot be believed, or whose list of packs cannot. */
    public record Bad(ArtifactRef artifact, Kind kind, String message) {}

    /** An artifact that went although these targets lack it. */
    public record Given(ArtifactRef artifact, Optional<String> run, List<String> targets) {
        public Given {
            targets = List.copyOf(targets);
        }
    }

    /** What staging keeps for one target alone or with others, beside the newest of each source. */
    public record Waiting(int artifacts, Instant oldest) {
        private Waiting with(Waiting other) {
            return new Waiting(artifacts + other.artifacts, oldest.isBefore(other.oldest) ? oldest : other.oldest);
        }
    }

    /**
     * What a sweep did and found.
     *
     * @param given what went because staging is nearly full
     * @param packsLeft that every target has, of sources of which staging keeps the index only
     * @param waiting by target that lacks them
     * @param doubts what kept packs from being deleted
     */
    public record Report(
            int artifactsDeleted,
            List<Given> given,
            int packsCondemned,
            int packsDeleted,
            int packsLeft,
            int leftovers,
            long bytes,
            Map<String, Waiting> waiting,
            List<Bad> bad,
            List<String> doubts) {
        public Report {
            given = List.copyOf(given);
            waiting = Map.copyOf(waiting);
            bad = List.copyOf(bad);
            doubts = List.copyOf(doubts);
        }
    }

    public Housekeeping(ObjectStore staging, Manifests manifests, Settings settings) {
        this.staging = staging;
        this.manifests = manifests;
        this.settings = settings;
    }

    /**
     * One pass; a kill at any point leaves only what the next pass finishes.
     *
     * @param requestedSince when the oldest run was requested whose artifacts may still be under way
     */
    public Report sweep(Copies copies, Optional<Instant> requestedSince) throws BackupException {
        return new Pass(Listing.of(staging), copies).sweep(requestedSince);
    }

    /** The state of one pass. */
    private final class Pass {
        private final Listing listing;
        private final Copies copies;
        private final PackSweep packs;
        private final PacksOffsite offsite;
        private final RunningBackups running;
        private final List<Manifests.Verified> kept = new ArrayList<>();
        /** Of those that are kept, the ones with a list of packs that can be believed. */
        private final List<Manifests.Verified> believed = new ArrayList<>();
        /** Of those that are kept, the ones that only wait for targets. */
        private final List<Manifests.Verified> waiting = new ArrayList<>();

        private final List<Given> given = new ArrayList<>();
        private final List<Bad> bad = new ArrayList<>();
        private final List<String> doubts = new ArrayList<>();

        Pass(Listing listing, Copies copies) throws BackupException {
            this.listing = listing;
            this.copies = copies;
            this.packs = new PackSweep(staging, listing);
            this.offsite = new PacksOffsite(staging, listing);
            this.running = RunningBackups.read(staging, listing, settings.abandonedAfter(), settings.indexOnly());
            this.doubts.addAll(running.doubts());
        }

        Report sweep(Optional<Instant> requestedSince) throws BackupException {
            var writingSince = Stream.concat(requestedSince.stream(), running.since().stream())
                    .min(Comparator.naturalOrder());
            var abandoned = listing.now.minus(settings.abandonedAfter());
            var before = writingSince.filter(abandoned::isAfter).orElse(abandoned);
            var leftovers = unfinished(before);
            var deleted = artifacts();
            mark();
            // First, since it makes room without anybody losing anything.
            var left = doubts.isEmpty() ? letPacksLeave() : 0;
            makeRoom(before);
            var condemnedNow = 0;
            var packsDeleted = 0;
            if (doubts.isEmpty()) {
                packsDeleted += packs.damaged();
                var pending = new HashSet<String>();
                packsDeleted += packs.condemned(settings.grace(), writingSince, pending);
                condemnedNow = packs.condemn(pending, before);
            }
            return new Report(
                    deleted,
                    given,
                    condemnedNow,
                    packsDeleted,
                    left,
                    leftovers,
                    listing.bytes,
                    waitingByTarget(),
                    bad,
                    doubts);
        }

        /** What a kill left: uploads under temporary names, folders of artifacts that nobody committed. */
        private int unfinished(Instant before) throws BackupException {
            var uploads = new ArrayList<ObjectInfo>();
            staging.listUnfinished(uploads::add);
            uploads.removeIf(upload -> !upload.modified().isBefore(before));
            for (var upload : uploads) {
                staging.deleteUnfinished(upload.name());
            }
            var count = uploads.size();
            for (var folder : listing.artifacts.entrySet()) {
                var committed = folder.getValue().stream()
                        .anyMatch(object -> object.name().equals(folder.getKey() + "/" + ArtifactRef.MANIFEST));
                if (!committed
                        && folder.getValue().stream()
                                .allMatch(object -> object.modified().isBefore(before))) {
                    for (var object : folder.getValue()) {
                        staging.delete(object.name());
                    }
                    count++;
                }
            }
            return count;
        }

        /** Deletes what every target has. */
        private int artifacts() throws BackupException {
            var bySource = new TreeMap<SourceName, List<ArtifactRef>>();
            listing.committed.forEach(ref -> bySource.computeIfAbsent(ref.source(), _ -> new ArrayList<>())
                    .add(ref));
            var deleted = 0;
            for (var refs : bySource.values()) {
                refs.sort(Comparator.reverseOrder());
                var newestIsKept = false;
                for (var ref : refs) {
                    var read = read(ref);
                    if (read.isEmpty()) {
                        continue;
                    }
                    var artifact = read.get();
                    if (!newestIsKept || running.use(ref)) {
                        kept.add(artifact);
                        newestIsKept = true;
                    } else if (!settings.targets().isEmpty()
                            && lacking(artifact).isEmpty()) {
                        delete(ref);
                        deleted++;
                    } else {
                        kept.add(artifact);
                        waiting.add(artifact);
                    }
                }
            }
            return deleted;
        }

        /** Empty if it cannot be believed: then it is neither deleted nor counted as the newest, and all it has stays. */
        private Optional<Manifests.Verified> read(ArtifactRef ref) throws BackupException {
            try {
                return Optional.of(manifests.read(ref));
            } catch (BackupException e) {
                // Another scheduler may have deleted it since it was listed.
                if (e.kind() != Kind.NOT_FOUND) {
                    quarantine(ref, e);
                }
                return Optional.empty();
            }
        }

        private void quarantine(ArtifactRef ref, BackupException why) throws BackupException {
            if (why.kind().retryable()) {
                throw why;
            }
            bad.add(new Bad(ref, why.kind(), String.valueOf(why.getMessage())));
            try {
                packs.needNamesIn(ref.object(ArtifactRef.PACKS));
                offsite.holdNamesIn(ref.object(ArtifactRef.PACKS));
            } catch (BackupException e) {
                if (e.kind().retryable()) {
                    throw e;
                }
                doubts.add(String.valueOf(e.getMessage()));
            }
        }

        /** The declared targets that it is not at. */
        private List<String> lacking(Manifests.Verified artifact) {
            return settings.targets().stream()
                    .filter(target -> !copies.has(target, artifact))
                    .toList();
        }

        /** The manifest goes first: without it the rest is a leftover that the next pass would sweep. */
        private void delete(ArtifactRef ref) throws BackupException {
            staging.delete(ref.object(ArtifactRef.MANIFEST));
            for (var object : listing.artifacts.getOrDefault(ref.folder(), List.of())) {
                staging.delete(object.name());
            }
        }

        private void mark() throws BackupException {
            for (var artifact : kept) {
                try {
                    packs.need(PackList.read(staging, artifact.manifest()));
                    believed.add(artifact);
                } catch (BackupException e) {
                    quarantine(artifact.manifest().ref(), e);
                }
            }
        }

        /** Whether staging may keep no more than its index: each declared target proved that it has the rest. */
        private boolean leaves(Manifests.Verified artifact) {
            var ref = artifact.manifest().ref();
            return settings.indexOnly().test(ref.source().value())
                    && !running.useWhole(ref)
                    && !settings.targets().isEmpty()
                    && settings.targets().stream().allMatch(target -> copies.prove(target, artifact));
        }

        private int letPacksLeave() throws BackupException {
            var left = offsite.settle(believed, this::leaves);
            if (bad.isEmpty()) {
                offsite.sweepLists();
            }
            return left;
        }

        /**
         * Where staging is nearly full and will be, deletes what is whole at one target, oldest first, until what was
         * stored for it would make enough room. Its packs are condemned by the next pass.
         */
        private void makeRoom(Instant before) throws BackupException {
            if (settings.capacity().isEmpty()) {
                return;
            }
            var excess = packs.bytesThatStay(before)
                    - (long) (NEARLY_FULL * settings.capacity().getAsLong());
            waiting.sort(
                    Comparator.comparing(artifact -> artifact.manifest().ref().artifact()));
            for (var artifact : List.copyOf(waiting)) {
                var manifest = artifact.manifest();
                var lacking = lacking(artifact);
                if (excess > 0 && lacking.size() < settings.targets().size()) {
                    delete(manifest.ref());
                    waiting.remove(artifact);
                    given.add(new Given(manifest.ref(), manifest.run(), lacking));
                    excess -= manifest.newBytes();
                }
            }
        }

        private Map<String, Waiting> waitingByTarget() {
            var byTarget = new TreeMap<String, Waiting>();
            for (var artifact : waiting) {
                var one = new Waiting(1, artifact.manifest().ref().artifact().time());
                lacking(artifact).forEach(target -> byTarget.merge(target, one, Waiting::with));
            }
            return byTarget;
        }
    }
}
