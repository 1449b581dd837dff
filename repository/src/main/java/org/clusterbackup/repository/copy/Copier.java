package org.clusterbackup.repository.copy;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.artifact.Spool;
import org.clusterbackup.repository.ledger.Deletion;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.store.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies committed artifacts from one copy of a repository to another, without being able to open any: it verifies what
 * is signed, copies what is missing, proves every pack at the target, and commits. Killed at any point, the next call
 * goes on with what is there. Safe for use by many threads; one process a target.
 */
public final class Copier {
    private static final Logger LOG = LoggerFactory.getLogger(Copier.class);
    private static final int MAX_SIGNATURE_BYTES = 4096;
    /** So many of a source's artifacts at the target are asked which packs they vouch for. */
    private static final int VOUCHERS = 2;

    private final Repository from;
    private final Repository to;
    private final CopyOptions options;
    private final Ledger ledger;
    private final Manifests manifestsFrom;
    private final Manifests manifestsTo;
    private final TargetPacks packs;
    private final PackTransfer transfer;
    private final OffsiteGaps gaps;
    private final CondemnedPacks condemned;
    private final ReentrantLock committing = new ReentrantLock();

    /**
     * @param from staging, or another target
     * @param to a target
     * @throws BackupException {@code NO_REPOSITORY} if the two are no copies of one repository, {@code USAGE} if
     *     {@code to} is not at a target
     */
    public Copier(Repository from, Repository to, CopyOptions options) throws BackupException {
        to.requireSameAs(from.description());
        this.from = from;
        this.to = to;
        this.options = options;
        this.ledger = new Ledger(to);
        this.manifestsFrom = new Manifests(from.store(), from.description().repository(), from.signers());
        this.manifestsTo = new Manifests(to.store(), to.description().repository(), to.signers());
        this.packs = new TargetPacks(to.store());
        this.transfer = new PackTransfer(
                from.store(),
                to.store(),
                packs,
                options.inFlight(),
                !from.description().isTarget());
        this.gaps = new OffsiteGaps(from, to, ledger);
        this.condemned = new CondemnedPacks(to.store());
    }

    /** The target's ledger; its reader is shared with this copier. */
    public Ledger ledger() {
        return ledger;
    }

    /** Whether the target's ledger says that the artifact was deleted there: it is not to come back by itself. */
    public boolean wasDeleted(ArtifactRef ref) throws BackupException {
        return ledger.read().deleted().stream()
                .map(d -> new ArtifactRef(d.source(), d.artifact()))
                .anyMatch(ref::equals);
    }

    /**
     * Copies packs ahead of the artifact that will need them: a hint, so names that are no packs of staging or already
     * at the target are passed over. What it proved makes the artifact's own copy cheap.
     *
     * @return stored bytes that were sent
     */
    public long copyPacks(Collection<Sha256> hints) throws BackupException {
        packs.refresh(Duration.ofDays(1));
        var wanted = new ArrayList<PackTransfer.Wanted>();
        var bytes = 0L;
        for (var hint : new HashSet<>(hints)) {
            if (!packs.listed().contains(hint.hex())) {
                var there = from.store().stat(PackSet.path(hint.hex()));
                if (there.isPresent()) {
                    wanted.add(new PackTransfer.Wanted(hint.hex(), there.get().size(), true));
                    bytes += there.get().size();
                }
            }
        }
        transfer.move(wanted, CopyListener.NONE);
        return bytes;
    }

    /**
     * Copies one committed artifact: after this it is at the target, whole and verified. One that is there already is
     * verified again, and mended from {@code from} where a pack is missing, has another size or was found damaged.
     *
     * @throws BackupException {@code NOT_FOUND} if it is not committed at {@code from}; {@code SIGNATURE} or
     *     {@code DAMAGED} if it cannot be believed or a pack of it is damaged there (in staging a marker for writers is
     *     left, also of what left it on purpose and this target lost); {@code OFF_SITE} if staging has the index only of
     *     what this target never had; {@code RETAINED} if the target's ledger says that it was deleted; {@code BUSY}; or what a store throws
     */
    public Copied copy(ArtifactRef ref, CopyListener listener) throws BackupException {
        to.requireStillThere();
        var verified = manifestsFrom.read(ref);
        var manifest = verified.manifest();
        var list = PackList.read(from.store(), manifest);
        readLedger(ref);
        packs.refresh(options.listingAge());

        var unsure = unsure(ref, list);
        var absent = absent(list);
        var present = list.bytes()
                - absent.stream().mapToLong(PackTransfer.Wanted::size).sum();
        listener.planned(list.bytes() - present, present);
        bring(ref, absent, listener);
        mend(ref, list, transfer.prove(unsure), listener);

        commit(ref, verified, list, listener);
        return result(manifest, verified.sha256(), list);
    }

    /**
     * What is said of an artifact that stands at the target, from there alone.
     *
     * @throws BackupException {@code NOT_FOUND} if it is not committed there; {@code DAMAGED} naming the first of its
     *     packs that is not there with its size, or that a scrub found damaged; or what a store throws
     */
    public Copied standing(ArtifactRef ref) throws BackupException {
        var verified = manifestsTo.read(ref);
        var list = PackList.read(to.store(), verified.manifest());
        packs.scrubs(ledger.read().scrubs());
        packs.refresh(options.listingAge());
        for (var line = 1; line <= list.count(); line++) {
            var name = list.name(line).hex();
            if (!packs.isThere(name, list.size(line)) || packs.wasFoundDamaged(name)) {
                throw new BackupException(
                        Kind.DAMAGED,
                        PackSet.path(name) + ", which " + ref + " needs, is not whole at "
                                + to.store().location());
            }
        }
        return result(verified.manifest(), verified.sha256(), list);
    }

    /**
     * Deletes what uploads that were killed a day ago or earlier left at the target.
     *
     * @return how many
     * @throws BackupException {@code BUSY}, or what the store throws
     */
    public int sweepLeftovers() throws BackupException {
        return new Leftovers(to.store(), options.owner()).sweep();
    }

    private void readLedger(ArtifactRef ref) throws BackupException {
        var chain = ledger.read();
        chain.requireWhole();
        packs.scrubs(chain.scrubs());
        for (Deletion.Deleted deleted : chain.deleted()) {
            if (deleted.source().equals(ref.source()) && deleted.artifact().equals(ref.artifact())) {
                throw new BackupException(
                        Kind.RETAINED, ref + " was deleted at " + to.store().location() + ", as its ledger says");
            }
        }
    }

    private List<PackTransfer.Wanted> absent(PackList list) {
        return IntStream.rangeClosed(1, list.count())
                .filter(line -> !packs.isThere(list.name(line).hex(), list.size(line)))
                .mapToObj(line -> new PackTransfer.Wanted(list.name(line).hex(), list.size(line), false))
                .toList();
    }

    /**
     * Packs that lie at the target with the right size, but that neither this process proved nor a committed artifact
     * vouches for: a killed copy may have left them.
     */
    private List<String> unsure(ArtifactRef ref, PackList list) throws BackupException {
        var unsure = new ArrayList<String>();
        for (var line = 1; line <= list.count(); line++) {
            var name = list.name(line).hex();
            if (packs.isThere(name, list.size(line)) && (packs.proof(name).isEmpty() || packs.wasFoundDamaged(name))) {
                unsure.add(name);
            }
        }
        var found = new HashSet<>(unsure);
        found.removeIf(packs::wasFoundDamaged);
        var doubted = new HashSet<>(unsure);
        doubted.removeAll(found);
        for (var voucher : vouchers(ref)) {
            if (found.isEmpty()) {
                break;
            }
            vouched(voucher)
                    .ifPresent(there ->
                            found.removeIf(name -> there.line(new Sha256(name)).isPresent()));
        }
        found.addAll(doubted);
        return found.stream().sorted().toList();
    }

    /** The artifact itself, its source's newest ones at the target, and those of sources beside it, such as replicas. */
    private List<ArtifactRef> vouchers(ArtifactRef ref) throws BackupException {
        var vouchers = new ArrayList<ArtifactRef>();
        for (var there : new Artifacts(to.store()).list(ref.source()).reversed()) {
            if (vouchers.size() < VOUCHERS || there.equals(ref)) {
                vouchers.add(there);
            }
        }
        var beside = ref.source().neighbourhood();
        if (!beside.equals(ref.source().value())) {
            var newest = new ArrayList<ArtifactRef>();
            to.store().list(ArtifactRef.ROOT + "/" + beside, object -> ArtifactRef.committedBy(object.name())
                    .filter(other -> !other.source().equals(ref.source()))
                    .ifPresent(newest::add));
            newest.sort((a, b) -> b.artifact().compareTo(a.artifact()));
            var sources = new HashSet<>();
            newest.stream().filter(other -> sources.add(other.source())).forEach(vouchers::add);
        }
        return vouchers;
    }

    /** A voucher that cannot be believed vouches for nothing: {@code verify} is who names it. */
    private Optional<PackList> vouched(ArtifactRef voucher) throws BackupException {
        try {
            return Optional.of(
                    PackList.read(to.store(), manifestsTo.read(voucher).manifest()));
        } catch (BackupException e) {
            if (!e.kind().concernsObject()) {
                throw e;
            }
            LOG.warn("an artifact at the target is not whole: artifact={} reason={}", voucher, e.getMessage());
            return Optional.empty();
        }
    }

    private void bring(ArtifactRef ref, List<PackTransfer.Wanted> wanted, CopyListener listener)
            throws BackupException {
        gaps.requireNone(ref, wanted);
        transfer.move(wanted, listener);
    }

    private void mend(ArtifactRef ref, PackList list, List<String> wrong, CopyListener listener)
            throws BackupException {
        var again = new ArrayList<PackTransfer.Wanted>();
        for (var name : wrong) {
            packs.listed().remove(name);
            again.add(new PackTransfer.Wanted(
                    name, list.size(list.line(new Sha256(name)).orElseThrow()), false));
        }
        bring(ref, again, listener);
    }

    private void commit(ArtifactRef ref, Manifests.Verified verified, PackList list, CopyListener listener)
            throws BackupException {
        committing.lock();
        try {
            try (var lock = TargetLock.acquire(to.store(), options.owner())) {
                if (condemned.any() || !packs.countForCommit()) {
                    condemned.strike(name ->
                            PackSet.isName(name) && list.line(new Sha256(name)).isPresent());
                    packs.refresh(Duration.ZERO);
                    bring(ref, absent(list), listener);
                }
                to.requireStillThere();
                lock.requireHeld();
                publish(ref, verified);
                lock.requireHeld();
            }
        } finally {
            committing.unlock();
        }
    }

    /** The manifest goes last: with it the artifact is committed. */
    private void publish(ArtifactRef ref, Manifests.Verified verified) throws BackupException {
        var manifest = verified.manifest();
        try (var spool = Spool.below(options.spool())) {
            publishList(ref.object(ArtifactRef.CONTENTS), manifest.contentsSha256(), spool);
            publishList(ref.object(ArtifactRef.PACKS), manifest.packsSha256(), spool);
        }
        var name = ref.object(ArtifactRef.MANIFEST);
        var bytes = SmallObject.read(from.store(), name, JsonLayout.MAX_BYTES);
        if (!Sha256.of(bytes).equals(verified.sha256())) {
            throw new BackupException(
                    Kind.DAMAGED, name + " at " + from.store().location() + " was changed while it was copied");
        }
        var signature = SmallObject.read(from.store(), ref.object(ArtifactRef.SIGNATURE), MAX_SIGNATURE_BYTES);
        from.verifySigned(ref.source().value(), name, bytes, ref.object(ArtifactRef.SIGNATURE));
        publish(ref.object(ArtifactRef.SIGNATURE), Body.of(signature));
        publish(name, Body.of(bytes));
    }

    private void publishList(String name, Sha256 wanted, Spool spool) throws BackupException {
        var file = spool.fetch(from.store(), name, wanted);
        try {
            publish(name, Body.of(file, Files.size(file), wanted));
        } catch (IOException e) {
            throw spool.failure(e);
        }
    }

    private void publish(String name, Body body) throws BackupException {
        boolean proved;
        try {
            proved = to.store().create(name, body).proved();
        } catch (BackupException e) {
            if (e.kind() != Kind.DAMAGED) {
                throw e;
            }
            LOG.warn(
                    "replacing an object that holds other bytes: target={} object={}",
                    to.store().location(),
                    name);
            to.store().replace(name, body);
            proved = false;
        }
        if (!proved) {
            var there = to.store().digests(List.of(name)).getFirst();
            if (there.filter(body.sha256()::equals).isEmpty()) {
                throw new BackupException(
                        Kind.DAMAGED, name + " at " + to.store().location() + " holds other bytes than were sent");
            }
        }
    }

    private Copied result(Manifest manifest, Sha256 manifestSha256, PackList list) throws BackupException {
        var name = manifest.ref().object(ArtifactRef.MANIFEST);
        var committed = to.store()
                .stat(name)
                .orElseThrow(() -> new BackupException(
                        Kind.DAMAGED, name + " has gone from " + to.store().location()))
                .modified();
        var copied = 0L;
        var oldest = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var weakest = to.store().digestsAtFarSide() ? Proof.REMOTE_DIGEST : Proof.READ_BACK;
        for (var line = 1; line <= list.count(); line++) {
            var pack = list.name(line).hex();
            if (packs.takeSent(pack)) {
                copied += list.size(line);
            }
            var proof = packs.proof(pack).orElseGet(() -> packs.earlierProof(pack));
            oldest = proof.time().isBefore(oldest) ? proof.time() : oldest;
            weakest = weakest.weaker(proof.proof());
        }
        return new Copied(manifest, manifestSha256, copied, list.bytes() - copied, weakest, oldest, committed);
    }
}
