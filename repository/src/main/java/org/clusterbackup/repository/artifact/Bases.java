package org.clusterbackup.repository.artifact;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.chunk.ChunkId;
import org.clusterbackup.repository.chunk.Place;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The earlier artifacts that a new one deduplicates against: the source's previous one and its siblings' newest. A pack
 * counts only if it lies in the store with its size, or left it because every target has it, and is neither damaged, condemned, mostly dead nor too old. Not
 * thread-safe.
 */
final class Bases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bases.class);
    /** An artifact that cannot be used, such as one that was made elsewhere, must not end deduplication. */
    private static final int ATTEMPTS = 3;

    private final ObjectStore store;
    private final String protection;
    private final List<Base> bases = new ArrayList<>();
    private boolean protecting;

    private Bases(ObjectStore store, String protection) {
        this.store = store;
        this.protection = protection;
    }

    /** What opening needs to know. */
    record Context(
            ObjectStore store,
            ObjectStore indexes,
            String repository,
            AllowedSigners signers,
            Encryption encryption,
            WriterOptions options,
            Spool spool) {}

    /**
     * Finds, protects and opens the bases of {@code request}.
     *
     * @throws BackupException only if the store does not answer or the spool fails; a base that is bad is none
     */
    static Bases open(Context context, ArtifactRequest request, ArtifactId artifact) throws BackupException {
        var manifests = candidates(context, request);
        var protection = "bases/" + request.source() + "/" + request.run().orElse(artifact.value());
        var bases = new Bases(context.store(), protection);
        try {
            // At a target nobody deletes by bases/: who commits there looks under the lock whether its packs remain.
            if (context.store().equals(context.indexes())) {
                // Before condemned/ is read: whoever condemns after this sees that these are in use, and, even without
                // one, that packs are being stored since now.
                context.store().replace(protection, Body.of(protectionText(request, manifests)));
                bases.protecting = true;
            }
            for (var manifest : manifests) {
                bases.load(context, manifest);
            }
            bases.allow(context);
            return bases;
        } catch (BackupException | RuntimeException e) {
            bases.release();
            bases.close();
            throw e;
        }
    }

    private static List<Manifest> candidates(Context context, ArtifactRequest request) throws BackupException {
        var found = new ArrayList<Manifest>();
        newest(context, request.source()).ifPresent(found::add);
        for (var sibling : request.siblings()) {
            newest(context, sibling)
                    .filter(manifest -> found.isEmpty()
                            || manifest.chunkAverageBytes() == found.getFirst().chunkAverageBytes())
                    .ifPresent(found::add);
        }
        return found;
    }

    private static Optional<Manifest> newest(Context context, SourceName source) throws BackupException {
        var manifests = new Manifests(context.store(), context.repository(), context.signers());
        for (var ref : new Artifacts(context.store()).newest(source, ATTEMPTS)) {
            try {
                var manifest = manifests.read(ref).manifest();
                if (manifest.encryption() == context.encryption()
                        && manifest.indexSha256().isPresent()) {
                    return Optional.of(manifest);
                }
            } catch (BackupException e) {
                skip(ref, e);
            }
        }
        return Optional.empty();
    }

    private static String protectionText(ArtifactRequest request, List<Manifest> manifests) {
        var text = new StringBuilder(request.deadline().toString()).append('\n');
        for (var manifest : manifests) {
            text.append(manifest.ref().source())
                    .append(' ')
                    .append(manifest.ref().artifact())
                    .append('\n');
        }
        return text.toString();
    }

    private void load(Context context, Manifest manifest) throws BackupException {
        try {
            bases.add(Base.open(store, context.indexes(), manifest, context.spool(), "base-" + bases.size()));
        } catch (BackupException e) {
            skip(manifest.ref(), e);
        }
    }

    /** Goes on without {@code ref} unless the reason is none of its own. */
    private static void skip(ArtifactRef ref, BackupException e) throws BackupException {
        if (!e.kind().concernsObject()) {
            throw e;
        }
        LOG.warn("no deduplication against this artifact: artifact={} reason={}", ref, e.getMessage());
    }

    private void allow(Context context) throws BackupException {
        if (bases.isEmpty()) {
            return;
        }
        var maxAge = context.options().maxBaseAge();
        var now = Instant.now();
        store.list(PackSet.FOLDER, object -> allowListed(object, maxAge, now));
        // After the packs were listed: whoever deletes one there has written its list before. A target has no such
        // lists.
        if (context.store().equals(context.indexes())) {
            var folders = new TreeSet<SourceName>(Comparator.comparing(SourceName::neighbourhood));
            bases.forEach(base -> folders.add(base.manifest().ref().source()));
            for (var folder : folders) {
                Offsite.forEachBeside(store, folder, (name, stored) -> allowOffsite(name, stored, maxAge, now));
            }
        }
        store.list("damaged", object -> forbid(last(object.name())));
        for (var file : store.children("condemned")) {
            SmallObject.lines(store, "condemned/" + file, SmallObject.MAX_WORK_FILE_BYTES)
                    .forEach(this::forbid);
        }
        bases.forEach(base -> base.compact(context.options().packBytes()));
    }

    private void allowListed(ObjectInfo object, Duration maxAge, Instant now) {
        var name = last(object.name());
        if (!PackSet.isPath(object.name()) || tooOld(name, object.modified(), maxAge, now)) {
            return;
        }
        var pack = new Sha256(name);
        for (var base : bases) {
            var line = base.packs().line(pack);
            if (line.isPresent() && base.packs().size(line.getAsInt()) == object.size()) {
                base.allow(line.getAsInt());
            }
        }
    }

    private void allowOffsite(String name, Instant stored, Duration maxAge, Instant now) {
        if (!tooOld(name, stored, maxAge, now)) {
            for (var base : bases) {
                line(base, name, Base::allow);
            }
        }
    }

    /** Packs of one day grow too old not on one day but, by their names, over a third of the age. */
    static boolean tooOld(String name, Instant stored, Duration maxAge, Instant now) {
        var part = Integer.parseInt(name.substring(0, 4), 16);
        var limit = maxAge.plus(maxAge.dividedBy(3).multipliedBy(part).dividedBy(1 << 16));
        return stored.plus(limit).isBefore(now);
    }

    private void forbid(String name) {
        for (var base : bases) {
            line(base, name, Base::forbid);
        }
    }

    private static void line(Base base, String name, BiConsumer<Base, Integer> action) {
        if (PackSet.isName(name)) {
            base.packs().line(new Sha256(name)).ifPresent(line -> action.accept(base, line));
        }
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** The base that is the source's own previous artifact. */
    Optional<ArtifactId> previous(SourceName source) {
        return bases.stream()
                .map(base -> base.manifest().ref())
                .filter(ref -> ref.source().equals(source))
                .map(ArtifactRef::artifact)
                .findFirst();
    }

    /** What all bases were cut by. */
    Optional<Integer> chunkAverage() {
        return bases.stream().map(base -> base.manifest().chunkAverageBytes()).findFirst();
    }

    void expect(List<ChunkId> ids) throws IOException {
        for (var base : bases) {
            base.expect(ids);
        }
    }

    /** Where the chunk lies: its {@code pack} is an ordinal of {@code table}. */
    Optional<Place> find(ChunkId id, PackTable table) throws IOException {
        for (var base : bases) {
            var place = base.find(id);
            if (place.isPresent()) {
                var at = place.get();
                return Optional.of(new Place(ordinal(base, at.pack(), table), at.offset(), at.length()));
            }
        }
        return Optional.empty();
    }

    private int ordinal(Base base, int line, PackTable table) {
        if (base.ordinal(line) < 0) {
            var name = base.packs().name(line);
            var known = bases.stream()
                    .filter(Predicate.not(base::equals))
                    .mapToInt(other -> other.packs().line(name).stream()
                            .map(other::ordinal)
                            .findFirst()
                            .orElse(-1))
                    .filter(ordinal -> ordinal >= 0)
                    .findFirst();
            var ordinal = known.orElseGet(table::open);
            if (known.isEmpty()) {
                table.stored(ordinal, name, base.packs().size(line));
            }
            base.ordinal(line, ordinal);
        }
        return base.ordinal(line);
    }

    /** Gives the bases free for deletion: after the commit, or when nothing will be committed. */
    void release() {
        if (!protecting) {
            return;
        }
        try {
            store.delete(protection);
            protecting = false;
        } catch (BackupException e) {
            LOG.warn("bases stay protected until the deadline: object={} reason={}", protection, e.getMessage());
        }
    }

    @Override
    public void close() {
        for (var base : bases) {
            try {
                base.close();
            } catch (IOException e) {
                LOG.warn("cannot close a working file: reason={}", e.toString());
            }
        }
    }
}
