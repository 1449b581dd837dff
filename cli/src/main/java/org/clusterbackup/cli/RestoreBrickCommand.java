package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.clusterbackup.cli.place.BrickPlace;
import org.clusterbackup.cli.place.BrickRestore;
import org.clusterbackup.cli.place.LiveBricks;
import org.clusterbackup.cli.place.LivePartners;
import org.clusterbackup.cli.place.RestoredFiles;
import org.clusterbackup.cli.recover.BrickFacts;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Restores the file system of a brick. */
@Command(
        name = "brick",
        description = {
            "Restore the XFS file system of a Gluster brick into a new and empty one, and prove it.",
            "The dump of one brick goes to every brick of its replica set; never an old dump beside a live partner."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mkfs.xfs /dev/vdb && mount /dev/vdb /media/brick0",
            "  clusterbackup restore brick brick/gv0/0/node-a@latest --to /media/brick0",
            "",
            "Packs are lost, and no other copy has them: which files are not whole, and all the others:",
            "",
            "  clusterbackup restore brick brick/gv0/0/node-a@latest --to /media/scratch --salvage"
        })
final class RestoreBrickCommand extends RepositoryCommand {
    @Parameters(
            paramLabel = "ARTIFACT",
            description = "An id, its beginning, SOURCE@ID, SOURCE@latest or SOURCE@oldest.")
    private String artifact = "";

    @Option(names = "--to", required = true, paramLabel = "MOUNTPOINT", description = "A new, empty, mounted XFS.")
    private Path to = Path.of(".");

    @Option(names = "--check-first", description = "Read and prove everything before the first byte is written.")
    private boolean checkFirst;

    @Option(
            names = "--no-live-partner",
            description = "The other bricks of the set are down or get the same dump, although the volume is started.")
    private boolean noLivePartner;

    @Option(
            names = "--salvage",
            description = {
                "Packs are missing or damaged: restore what is left, and name each file that is damaged or missing.",
                "With --dry-run only name them. The exit code is 14, and the result no brick."
            })
    private boolean salvage;

    @Option(names = "--dry-run", description = "Check everything before a restore; write nothing.")
    private boolean dryRun;

    @Override
    void run(Repository repository) throws BackupException, IOException, InterruptedException {
        var started = System.nanoTime();
        var ref = ArtifactName.resolve(repository, artifact);
        if (salvage) {
            salvage(repository, ref);
            return;
        }
        try (var reader = readerForRestore(repository, ref)) {
            var manifest = reader.manifest();
            KindCheck.require(manifest, Set.of(ArtifactKind.BRICK));
            requireKnownRule(manifest);
            var place = place(manifest);
            if (checkFirst) {
                copy(reader, OutputStream.nullOutputStream(), "checking " + ref);
            }
            if (dryRun) {
                console().remark("would restore " + ref + " into " + place.mountPoint());
                return;
            }
            restore(reader, place, started);
        }
    }

    private void salvage(Repository repository, ArtifactRef ref)
            throws BackupException, IOException, InterruptedException {
        try (var reader = readerOfWhatIsLeft(repository, ref)) {
            KindCheck.require(reader.manifest(), Set.of(ArtifactKind.BRICK));
            var place = place(reader.manifest());
            try (var names = names(reader)) {
                var salvaging = new BrickSalvage(console(), reader);
                if (dryRun) {
                    salvaging.look(names);
                } else {
                    salvaging.restore(names, place);
                }
            }
        }
    }

    /** What is left of one may still be looked at, by hand or with --salvage: that is no restore. */
    private static void requireKnownRule(Manifest manifest) throws BackupException {
        var reason = new BrickFacts(manifest).noRule();
        if (reason.isPresent()) {
            throw new BackupException(
                            Kind.TARGET_UNFIT,
                            "volume " + new BrickFacts(manifest).volume() + " " + reason.get() + "; " + manifest.ref()
                                    + " is not restored")
                    .withHint("'clusterbackup cat' writes the dump as it is, for xfsrestore");
        }
        if (new BrickFacts(manifest).isArbiter()) {
            throw new BackupException(
                            Kind.TARGET_UNFIT,
                            manifest.ref() + " is of an arbiter: it holds names, and no bytes of files")
                    .withHint("an arbiter comes back empty, by reset-brick, and its partners fill it:"
                            + " 'clusterbackup recover plan' has the steps");
        }
    }

    private BrickPlace place(Manifest manifest) throws BackupException, InterruptedException {
        var used = manifest.details().path("filesystem").path("usedBytes").asLong(manifest.streamBytes());
        var place = BrickPlace.check(to, Math.max(used, manifest.streamBytes()));
        var live = LiveBricks.ofThisMachine();
        live.requireUnserved(place.mountPoint());
        if (!noLivePartner) {
            live.requireNoStartedReplica(place.mountPoint());
            var silent = LivePartners.requireNone(new BrickFacts(manifest));
            if (!silent.isEmpty()) {
                console()
                        .remark("no answer from " + String.join(", ", silent)
                                + ": whether a brick of the set is alive there is not known");
            }
        }
        return place;
    }

    private void restore(ArtifactReader reader, BrickPlace place, long started)
            throws BackupException, IOException, InterruptedException {
        var manifest = reader.manifest();
        var found = new BrickRestore(manifest, place).whole(out -> copy(reader, out, "restoring " + manifest.ref()));
        if (found.orphans() > 0) {
            console()
                    .warn(
                            Kind.WARNINGS,
                            found.orphans() + " files were created or moved while the dump ran and lie in "
                                    + place.mountPoint().resolve(RestoredFiles.ORPHANAGE)
                                    + ": look at them, then remove that folder");
        }
        say(manifest, place, found, (System.nanoTime() - started) / 1e9);
    }

    private void say(Manifest manifest, BrickPlace place, RestoredFiles found, double seconds) throws BackupException {
        if (console().json()) {
            console()
                    .json(JsonNodeFactory.instance
                            .objectNode()
                            .put("source", manifest.ref().source().value())
                            .put("artifact", manifest.ref().artifact().value())
                            .put("to", place.mountPoint().toString())
                            .put("streamBytes", manifest.streamBytes())
                            .put("files", found.files())
                            .put("orphans", found.orphans())
                            .put("seconds", seconds));
            return;
        }
        console()
                .line(String.format(
                        Locale.ROOT,
                        "restored %s into %s: %d files, %s, %.1f s",
                        manifest.ref(),
                        place.mountPoint(),
                        found.files(),
                        Sizes.text(manifest.streamBytes()),
                        seconds));
    }
}
