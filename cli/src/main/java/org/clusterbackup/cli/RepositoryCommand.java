package org.clusterbackup.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.clusterbackup.cli.dump.DumpNames;
import org.clusterbackup.cli.etcd.EtcdServer;
import org.clusterbackup.cli.etcd.EtcdTool;
import org.clusterbackup.cli.etcd.ThrowAwayMember;
import org.clusterbackup.cli.tar.Unpacking;
import org.clusterbackup.etcd.KeyRange;
import org.clusterbackup.etcd.KeysAt;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.ReaderOptions;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.verify.FarSide;
import picocli.CommandLine.Mixin;

/** A command on a repository that is there and was verified. */
abstract class RepositoryCommand extends BackupCommand {
    /** Missing packs that a message names. */
    private static final int NAMED = 10;

    @Mixin
    private final RepositoryOptions location = new RepositoryOptions();

    @Mixin
    private final KeyOptions keys = new KeyOptions();

    @Mixin
    private final SpoolOptions spool = new SpoolOptions();

    final KeyOptions keys() {
        return keys;
    }

    final Map<String, String> environment() {
        return console().environment();
    }

    final String url() throws BackupException {
        return location.url(environment());
    }

    /** How a command gets to the repository, as words of its line. */
    final List<String> access() throws BackupException {
        var words = new ArrayList<>(List.of("-r", url()));
        words.addAll(location.access().words());
        return words;
    }

    final Path spool() {
        return spool.spool(environment());
    }

    @Override
    final void run() throws BackupException, IOException, InterruptedException {
        var signers = keys.allowedSigners(environment());
        try (var store = location.open(console())) {
            run(Repository.open(store, signers));
        }
    }

    abstract void run(Repository repository) throws BackupException, IOException, InterruptedException;

    /**
     * Opens an artifact for reading, after everything that can be asked before its first pack. The caller closes it.
     *
     * @throws BackupException also {@code DAMAGED} if a pack is missing or has another size; each is named
     */
    final ArtifactReader reader(Repository repository, ArtifactRef ref) throws BackupException {
        var reader = open(repository, ref);
        try {
            requirePacks(repository, reader);
            return reader;
        } catch (BackupException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /** The same, but packs may be missing. The caller closes it. */
    final ArtifactReader readerOfWhatIsLeft(Repository repository, ArtifactRef ref) throws BackupException {
        var reader = open(repository, ref);
        try {
            var away = OffsitePacks.among(reader.missingPacks(), repository, reader);
            if (!away.isEmpty()) {
                console().warn(Kind.OFF_SITE, OffsitePacks.say(away, repository, reader));
            }
            return reader;
        } catch (BackupException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private ArtifactReader open(Repository repository, ArtifactRef ref) throws BackupException {
        Listing.warnOfFuture(ref, console());
        var envelope = keys.opening(repository.description().encryption(), environment());
        return ArtifactReader.open(
                repository.store(),
                repository.description().repository(),
                repository.signers(),
                envelope,
                ref,
                ReaderOptions.defaults(spool()));
    }

    private static void requirePacks(Repository repository, ArtifactReader reader) throws BackupException {
        var missing = reader.missingPacks();
        if (missing.isEmpty()) {
            return;
        }
        // What is damaged comes first: that some packs are elsewhere is no error of this place.
        var away = OffsitePacks.among(missing, repository, reader);
        if (away.size() == missing.size()) {
            throw new BackupException(Kind.OFF_SITE, OffsitePacks.say(away, repository, reader))
                    .withHint("read it from a target: -r TARGET");
        }
        missing = missing.stream()
                .filter(Predicate.not(Set.copyOf(away)::contains))
                .toList();
        var named = missing.stream().limit(NAMED).map(PackSet::path).toList();
        var more = missing.size() > NAMED ? " and " + (missing.size() - NAMED) + " more" : "";
        throw new BackupException(
                        Kind.DAMAGED,
                        "missing or of another size at " + repository.store().location() + ": "
                                + String.join(", ", named) + more + "; they hold "
                                + Sizes.text(reader.bytesIn(missing)) + " of "
                                + Sizes.text(reader.manifest().streamBytes()) + " of the stream")
                .withHint("another copy of the repository may have them: clusterbackup copy");
    }

    /** @throws BackupException also {@code DAMAGED} if it is not the one that the recovery point names */
    static Manifest manifest(Repository repository, RecoveryPoint.Standing standing) throws BackupException {
        var ref = new ArtifactRef(standing.source(), standing.artifact());
        var read = new Manifests(repository.store(), repository.description().repository(), repository.signers())
                .read(ref);
        if (!read.sha256().equals(standing.manifestSha256())) {
            throw new BackupException(
                    Kind.DAMAGED, ref.object(ArtifactRef.MANIFEST) + " is not the one that the recovery point names");
        }
        return read.manifest();
    }

    /**
     * Opens an artifact for a restore: over SSH, where it costs no transfer, the far side also proves every pack before
     * the first byte is written. The caller closes it.
     */
    final ArtifactReader readerForRestore(Repository repository, ArtifactRef ref) throws BackupException {
        var reader = reader(repository, ref);
        try {
            if (location.isSsh(environment()) && repository.store().digestsAtFarSide()) {
                try (var progress = new Progress(
                        console(), "proving " + ref, reader.manifest().storedBytes())) {
                    FarSide.requireWhole(repository.store(), reader.packs(), progress::advance);
                }
            }
            return reader;
        } catch (BackupException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /** Writes the whole plain stream to {@code out}, which stays open, and shows how far it is. */
    final void copy(ArtifactReader reader, OutputStream out, String what) throws BackupException {
        try (var progress = new Progress(console(), what, reader.manifest().streamBytes())) {
            reader.copyTo(out, progress::advance);
        }
    }

    /** Hands the whole plain stream, a tar, to {@code unpacking}, which is to be finished then, and shows how far it is. */
    final void unpack(ArtifactReader reader, Unpacking unpacking) throws BackupException {
        try {
            copy(reader, unpacking.sink(), "restoring " + reader.manifest().ref());
        } catch (BackupException e) {
            throw ofUnpacking(e, unpacking);
        }
    }

    /** What it means that {@code failure} ended the reading of a tar that went to {@code unpacking}. */
    static BackupException ofUnpacking(BackupException failure, Unpacking unpacking) {
        return failure.kind() == Kind.FAILED && failure.getCause() instanceof IOException writing
                ? unpacking.failure(writing)
                : failure;
    }

    /**
     * The names that a brick's dump holds. It is read no further than these go, and each pack of it is proved. The caller
     * closes it.
     */
    final DumpNames names(ArtifactReader reader) throws BackupException, InterruptedException {
        var ref = reader.manifest().ref();
        try {
            return DumpPipe.run(
                    out -> copy(reader, out, "reading the names of " + ref), in -> DumpNames.read(in, spool()));
        } catch (IOException e) {
            throw new BackupException(Kind.FAILED, "cannot read the names of " + ref + ": " + FileReason.named(e), e)
                    .withHint("is there space in " + spool() + "?");
        }
    }

    /** Writes the whole plain stream into {@code file} below the spool, and shows how far it is. */
    final void spool(ArtifactReader reader, Path file, String what) throws BackupException, IOException {
        try (var out = Files.newOutputStream(file)) {
            copy(reader, out, what);
        } catch (BackupException e) {
            if (e.kind() == Kind.FAILED && e.getCause() instanceof IOException) {
                throw new BackupException(Kind.NO_SPACE, "cannot write to " + spool() + ": " + e.getMessage(), e)
                        .withHint("choose another place with --spool");
            }
            throw e;
        }
    }

    /** Looks at keys. */
    interface KeysTaker {
        void take(KeysAt keys) throws BackupException, IOException;
    }

    /**
     * Gives the keys of an etcd artifact, from a member that is started for it alone.
     *
     * @param tools where etcd and etcdutl are, if not in PATH
     */
    final void withKeys(ArtifactReader reader, Optional<Path> tools, KeyRange range, KeysTaker taker)
            throws BackupException, IOException, InterruptedException {
        var tool = EtcdTool.find(tools);
        var server = EtcdServer.find(tools);
        try (var member = ThrowAwayMember.below(spool())) {
            spool(reader, member.snapshot(), "reading " + reader.manifest().ref());
            member.start(tool, server);
            taker.take(member.keys(range));
        }
    }
}
