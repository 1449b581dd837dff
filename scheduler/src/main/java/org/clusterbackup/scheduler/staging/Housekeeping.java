package org.clusterbackup.scheduler.staging;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.scheduler.run.RecoveryPoint;

/**
 * Lets staging forget what every target has. Kept are: of each source its newest artifact whole, every artifact that
 * is not named, with the same digest, by a signed recovery point of every declared target, and what a running backup
 * deduplicates against. Packs go in two phases: condemned first, deleted a grace period later after looking again. In
 * doubt nothing goes: one manifest or list that cannot be read keeps every pack.
 */
public final class Housekeeping {
    /** The store's clock, which dates condemned files, against the broker's, which dates requests. */
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

    private static final int MOST = 100_000;
    private static final Pattern PACK = Pattern.compile("[0-9a-f]{64}");

    private final ObjectStore staging;
    private final Manifests manifests;
    private final Settings settings;

    /**
     * @param targets every declared one
     * @param grace between condemning a pack and deleting it
     * @param abandonedAfter age at which what nobody committed is left over
     */
    public record Settings(List<String> targets, Duration grace, Duration abandonedAfter) {
        public Settings {
            targets = List.copyOf(targets);
        }
    }

    /** What a sweep did and found. */
    public record Report(
            int artifactsDeleted,
            int packsCondemned,
            int packsDeleted,
            int leftovers,
            long bytes,
            List<String> doubts) {
        public Report {
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
     * @param points of each target, their signatures verified
     * @param writingSince when the oldest run was requested whose artifacts may still be under way
     */
    public Report sweep(Map<String, List<RecoveryPoint>> points, Optional<Instant> writingSince)
            throws BackupException {
        var listing = Listing.of(staging);
        var doubts = new ArrayList<String>();
        var inUse = bases(listing, doubts);
        var left = writingSince
                .filter(since -> since.isBefore(listing.now.minus(settings.abandonedAfter())))
                .orElse(listing.now.minus(settings.abandonedAfter()));
        var leftovers = unfinished(listing, left);
        var kept = new HashMap<ArtifactRef, Manifest>();
        var deleted = artifacts(listing, inUse, points, kept, doubts);
        var needed = mark(listing, kept, inUse, doubts);
        var condemnedNow = 0;
        var packsDeleted = 0;
        if (doubts.isEmpty()) {
            packsDeleted += damaged(listing, needed);
            var pending = new HashSet<String>();
            packsDeleted += condemned(listing, needed, writingSince, pending);
            condemnedNow = condemn(needed, pending, left);
        }
        return new Report(deleted, condemnedNow, packsDeleted, leftovers, listing.bytes, doubts);
    }

    /** The artifacts that running backups deduplicate against. */
    private Set<ArtifactRef> bases(Listing listing, List<String> doubts) throws BackupException {
        var inUse = new HashSet<ArtifactRef>();
        for (var file : listing.bases) {
            var lines = lines(file.name());
            if (lines.isEmpty() || expired(lines.getFirst(), listing.now)) {
                staging.delete(file.name());
                continue;
            }
            for (var line : lines.subList(1, lines.size())) {
                var space = line.indexOf(' ');
                try {
                    inUse.add(new ArtifactRef(
                            new SourceName(line.substring(0, Math.max(0, space))),
                            new ArtifactId(line.substring(space + 1))));
                } catch (IllegalArgumentException e) {
                    doubts.add(file.name() + " has a bad line");
                }
            }
        }
        return inUse;
    }

    private static boolean expired(String deadline, Instant now) {
        try {
            return Instant.parse(deadline).isBefore(now);
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** What a kill left: uploads under temporary names, folders of artifacts that nobody committed. */
    private int unfinished(Listing listing, Instant before) throws BackupException {
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

    /** Deletes what every target has, and fills {@code kept} with the manifests of the rest. */
    private int artifacts(
            Listing listing,
            Set<ArtifactRef> inUse,
            Map<String, List<RecoveryPoint>> points,
            Map<ArtifactRef, Manifest> kept,
            List<String> doubts)
            throws BackupException {
        var bySource = new TreeMap<SourceName, List<ArtifactRef>>();
        listing.committed.forEach(ref ->
                bySource.computeIfAbsent(ref.source(), _ -> new ArrayList<>()).add(ref));
        var deleted = 0;
        for (var refs : bySource.values()) {
            refs.sort(Comparator.reverseOrder());
            var newestIsKept = false;
            for (var ref : refs) {
                var read = read(ref, doubts);
                if (read.isEmpty()) {
                    continue;
                }
                if (newestIsKept && !inUse.contains(ref) && everywhere(read.get(), points)) {
                    delete(listing, ref);
                    deleted++;
                } else {
                    kept.put(ref, read.get().manifest());
                    newestIsKept = true;
                }
            }
        }
        return deleted;
    }

    /** Empty, and a doubt, if it cannot be believed: then it is neither deleted nor counted as the newest. */
    private Optional<Manifests.Verified> read(ArtifactRef ref, List<String> doubts) throws BackupException {
        try {
            return Optional.of(manifests.read(ref));
        } catch (BackupException e) {
            if (e.kind() == Kind.UNREACHABLE) {
                throw e;
            }
            doubts.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private boolean everywhere(Manifests.Verified artifact, Map<String, List<RecoveryPoint>> points) {
        var ref = artifact.manifest().ref();
        return !settings.targets().isEmpty()
                && settings.targets().stream().allMatch(target -> points.getOrDefault(target, List.of()).stream()
                        .flatMap(point -> point.sources().stream())
                        .anyMatch(proved -> proved.source().equals(ref.source().value())
                                && proved.artifact().equals(ref.artifact().value())
                                && proved.manifest().equals(artifact.sha256())));
    }

    /** The manifest goes first: without it the rest is a leftover that the next pass would sweep. */
    private void delete(Listing listing, ArtifactRef ref) throws BackupException {
        staging.delete(ref.object(ArtifactRef.MANIFEST));
        for (var object : listing.artifacts.getOrDefault(ref.folder(), List.of())) {
            staging.delete(object.name());
        }
    }

    /** Every pack that is needed. */
    private PackSet mark(Listing listing, Map<ArtifactRef, Manifest> kept, Set<ArtifactRef> inUse, List<String> doubts)
            throws BackupException {
        var needed = new PackSet();
        for (var manifest : kept.values()) {
            try {
                var packs = PackList.read(staging, manifest);
                for (var line = 1; line <= packs.count(); line++) {
                    needed.add(packs.name(line).hex(), packs.size(line), listing.now);
                }
            } catch (BackupException e) {
                if (e.kind() == Kind.UNREACHABLE) {
                    throw e;
                }
                doubts.add(String.valueOf(e.getMessage()));
            }
        }
        for (var ref : inUse) {
            if (!listing.committed.contains(ref)) {
                doubts.add("a running backup uses " + ref + ", which is gone");
            }
        }
        return needed;
    }

    /** Damaged packs that nothing needs go at once, then their markers; of a pack that was stored again only its marker. */
    private int damaged(Listing listing, PackSet needed) throws BackupException {
        var deleted = 0;
        for (var marker : listing.damaged) {
            var pack = marker.name().substring("damaged/".length());
            if (!PACK.matcher(pack).matches()) {
                continue;
            }
            if (!needed.contains(pack)) {
                staging.delete(PackSet.path(pack));
                staging.delete(marker.name());
                deleted++;
            } else if (isNewer(PackSet.path(pack), marker)) {
                staging.delete(marker.name());
            }
        }
        return deleted;
    }

    private boolean isNewer(String object, ObjectInfo than) throws BackupException {
        return staging.stat(object)
                .filter(there -> there.modified().isAfter(than.modified()))
                .isPresent();
    }

    /** Deletes what was condemned a grace period ago and is still not needed; the file goes last. */
    private int condemned(Listing listing, PackSet needed, Optional<Instant> writingSince, Set<String> pending)
            throws BackupException {
        var deleted = 0;
        for (var file : listing.condemned) {
            var packs = lines(file.name());
            // A backup that was asked for before the pack was condemned may have looked before, and commit what needs
            // it.
            var mayBeUsed = writingSince
                    .filter(since -> file.modified().isAfter(since.minus(CLOCKS_DIFFER)))
                    .isPresent();
            if (mayBeUsed || file.modified().plus(settings.grace()).isAfter(listing.now)) {
                pending.addAll(packs);
                continue;
            }
            for (var pack : packs) {
                // Without encryption a writer may have stored a condemned pack again, under its name.
                if (PACK.matcher(pack).matches() && !needed.contains(pack) && !isNewer(PackSet.path(pack), file)) {
                    staging.delete(PackSet.path(pack));
                    deleted++;
                }
            }
            staging.delete(file.name());
        }
        return deleted;
    }

    private int condemn(PackSet needed, Set<String> pending, Instant before) throws BackupException {
        var condemned = new ArrayList<String>();
        staging.list(PackSet.FOLDER, object -> {
            if (PackSet.isPath(object.name()) && object.modified().isBefore(before) && condemned.size() < MOST) {
                var pack = PackSet.nameOf(object.name());
                if (!needed.contains(pack) && !pending.contains(pack)) {
                    condemned.add(pack);
                }
            }
        });
        if (!condemned.isEmpty()) {
            var name = "condemned/" + ArtifactId.at(Instant.now(), ThreadLocalRandom.current());
            staging.create(name, Body.of(String.join("\n", condemned) + "\n"));
        }
        return condemned.size();
    }

    private List<String> lines(String name) throws BackupException {
        return new String(SmallObject.read(staging, name, SmallObject.MAX_WORK_FILE_BYTES), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
