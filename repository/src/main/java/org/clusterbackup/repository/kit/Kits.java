package org.clusterbackup.repository.kit;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryDescription;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.Body;

/** The rescue kits at a target. Nothing of them stands in the ledger. Thread-safe if the store is. */
public final class Kits {
    /** No kit takes as long to be put there: what has no list then is left over. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Repository target;

    /** @throws BackupException {@code USAGE} if {@code target} is none */
    public Kits(Repository target) throws BackupException {
        var unused = target.requireTarget();
        this.target = target;
    }

    /** What lies there by name, newest first; nothing of it is believed. A kit without its list is unfinished. */
    private SortedMap<ArtifactId, Set<String>> found() throws BackupException {
        var found = new TreeMap<ArtifactId, Set<String>>(Comparator.reverseOrder());
        target.store().list(Kit.FOLDER, object -> {
            var parts = object.name().split("/", -1);
            if (parts.length == 3 && ArtifactId.isValid(parts[1])) {
                found.computeIfAbsent(new ArtifactId(parts[1]), _ -> new TreeSet<>())
                        .add(parts[2]);
            }
        });
        return found;
    }

    /**
     * The newest kit that can be believed.
     *
     * @param unreadable told of each newer one that cannot
     */
    public Optional<Kit> newest(Consumer<BackupException> unreadable) throws BackupException {
        for (var found : found().entrySet()) {
            if (found.getValue().contains(Kit.LIST)) {
                try {
                    return Optional.of(read(found.getKey()));
                } catch (BackupException e) {
                    if (!e.kind().concernsObject()) {
                        throw e;
                    }
                    unreadable.accept(e);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The list of a kit.
     *
     * @throws BackupException {@code NOT_FOUND} without a list; {@code SIGNATURE} unless somebody signed it who may sign
     *     {@code repository.json}; {@code DAMAGED} if it is none or belongs elsewhere; {@code UNKNOWN_FORMAT}
     */
    public Kit read(ArtifactId id) throws BackupException {
        var name = Kit.object(id, Kit.LIST);
        var bytes = SmallObject.read(target.store(), name, Kit.MAX_LIST_BYTES);
        target.verifySigned(RepositoryDescription.SUBJECT, name, bytes, Kit.object(id, Kit.SIGNATURE));
        var kit = Kit.parse(name, bytes);
        if (!kit.id().equals(id)
                || !kit.repository().equals(target.description().repository())) {
            throw new BackupException(
                    Kind.DAMAGED, name + " belongs to kit " + kit.id() + " of repository " + kit.repository());
        }
        return kit;
    }

    /** @throws BackupException {@code SIGNATURE} if {@code key} may not sign kits: asked before anything is sent */
    public void requireMaySign(SigningKey key) throws BackupException {
        var probe = new byte[] {1};
        target.signers().verify(RepositoryDescription.SUBJECT, probe, key.sign(probe));
    }

    /**
     * Puts a kit there: each file, proved to be there as it is, then the signature, then the list. Killed before the
     * end, there is no kit. Older ones are removed afterwards.
     *
     * @param now by which it is named
     * @throws BackupException {@code DAMAGED} if the store holds other bytes than were sent; what the store throws
     */
    public Kit put(SortedMap<String, Body> files, Instant now, SigningKey key) throws BackupException {
        requireMaySign(key);
        target.requireStillThere();
        var digests = new TreeMap<String, Sha256>();
        files.forEach((name, body) -> digests.put(name, body.sha256()));
        var kit = new Kit(target.description().repository(), idAfterAll(now), digests);
        var store = target.store();
        for (var file : files.entrySet()) {
            var name = Kit.object(kit.id(), file.getKey());
            if (!store.create(name, file.getValue()).proved()) {
                requireDigest(name, file.getValue().sha256());
            }
        }
        var list = kit.bytes();
        store.create(Kit.object(kit.id(), Kit.SIGNATURE), Body.of(key.sign(list)));
        store.create(Kit.object(kit.id(), Kit.LIST), Body.of(list));
        return kit;
    }

    /** A clock that was set back must not hide the newest behind an older one. */
    private ArtifactId idAfterAll(Instant now) throws BackupException {
        var last = newest(_ -> {}).map(kit -> kit.id().time()).orElse(Instant.EPOCH);
        return ArtifactId.at(now.isAfter(last) ? now : last.plusMillis(1), new SecureRandom());
    }

    private void requireDigest(String name, Sha256 wanted) throws BackupException {
        var there = target.store().digests(List.of(name)).getFirst();
        if (!Optional.of(wanted).equals(there)) {
            throw new BackupException(
                    Kind.DAMAGED, name + " at " + target.store().location() + " is not what was sent there");
        }
    }

    /**
     * Removes kits older than {@code kept}, and what a kill left of one that is a day old by its name.
     *
     * @return ids of what was removed
     * @throws BackupException {@code NOT_PERMITTED} or {@code RETAINED} where nothing may be deleted
     */
    public List<ArtifactId> removeBefore(ArtifactId kept, Instant now) throws BackupException {
        var removed = new ArrayList<ArtifactId>();
        var abandoned = ArtifactId.at(now.minus(ABANDONED), new SecureRandom());
        for (var kit : found().entrySet()) {
            var id = kit.getKey();
            var whole = kit.getValue().contains(Kit.LIST);
            if (id.compareTo(kept) < 0 && (whole || id.compareTo(abandoned) < 0)) {
                // Without its list it is none any more, whatever is left of it.
                target.store().delete(Kit.object(id, Kit.LIST));
                for (var name : kit.getValue()) {
                    target.store().delete(Kit.object(id, name));
                }
                removed.add(id);
            }
        }
        return removed;
    }
}
