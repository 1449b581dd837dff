package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.cli.place.Capability;
import org.clusterbackup.cli.tar.Destination;
import org.clusterbackup.cli.tar.Selection;
import org.clusterbackup.cli.tar.Unpacking;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Restores a tar artifact into a directory. */
abstract class TreeRestoringCommand extends RepositoryCommand {
    private static final Path ROOT = Path.of("/");
    private static final Path ASIDE = Path.of("/var/lib/clusterbackup/replaced");

    /** Exactly one of the two. */
    static final class Where {
        @Option(names = "--to", paramLabel = "DIR", required = true, description = "The directory to restore into.")
        @Nullable
        Path to;

        @Option(
                names = "--in-place",
                required = true,
                description = "Restore where it came from, below /, and keep what is replaced aside.")
        boolean inPlace;
    }

    @Parameters(
            index = "0",
            paramLabel = "ARTIFACT",
            description = "An id, its beginning, SOURCE@ID, SOURCE@latest or SOURCE@oldest.")
    private String artifact = "";

    @Parameters(
            index = "1..*",
            paramLabel = "PATTERN",
            description = "Paths to restore with all that is below them; * for any characters (default: everything).")
    private List<String> patterns = List.of();

    @ArgGroup(multiplicity = "1")
    private Where where = new Where();

    @Option(names = "--replace", description = "DIR may hold files; what is replaced is kept aside.")
    private boolean replace;

    @Option(
            names = "--aside",
            paramLabel = "DIR",
            description =
                    "Where what is replaced is kept (default: beside DIR, in place below /var/lib/clusterbackup).")
    private @Nullable Path aside;

    @Option(names = "--devices", description = "Restore device nodes too.")
    private boolean devices;

    @Option(
            names = "--salvage",
            description = {
                "Packs are missing or damaged: restore what is left, and name what is damaged or missing.",
                "With --dry-run only name it. The exit code is 14 if anything is lost."
            })
    private boolean salvage;

    @Option(names = "--dry-run", description = "Read and prove everything, list what would be restored; write nothing.")
    private boolean dryRun;

    /** What this command restores. */
    abstract Set<ArtifactKind> kinds();

    @Override
    final void run(Repository repository) throws BackupException, IOException, InterruptedException {
        var ref = ArtifactName.resolve(repository, artifact);
        try (var reader = salvage ? readerOfWhatIsLeft(repository, ref) : readerForRestore(repository, ref)) {
            KindCheck.require(reader.manifest(), kinds());
            restore(reader, ref);
        }
    }

    private void restore(ArtifactReader reader, ArtifactRef ref)
            throws BackupException, IOException, InterruptedException {
        var selection = new Selection(patterns);
        var outcome = new Outcome();
        var destination = destination(ref);
        requireRights();
        try (var unpacking = dryRun
                ? Unpacking.dry(destination, selection, devices, outcome)
                : Unpacking.start(destination, selection, devices, outcome)) {
            if (salvage) {
                outcome.losses.unpack(console(), reader, unpacking);
            } else {
                unpack(reader, unpacking);
            }
            unpacking.finish();
            selection.unmatched().forEach(pattern -> console().warn(Kind.WARNINGS, "nothing is named " + pattern));
            say(ref, destination, unpacking, outcome);
            sayLosses(ref, outcome.losses);
        } catch (BackupException e) {
            throw dryRun || e.hint().isPresent()
                    ? e
                    : e.withHint("what is in " + destination.root() + " is not whole: "
                            + (destination.aside().isPresent()
                                    ? "what was replaced is kept in "
                                            + destination.aside().get()
                                    : "remove it before you restore again"));
        }
    }

    /** Owners and attributes of others need rights; without them the rest is restored, and it is said so. */
    private void requireRights() throws IOException {
        var missing = Capability.missingForTrees();
        if (!missing.isEmpty() && !dryRun) {
            console().warn(Kind.WARNINGS, "this process lacks " + missing + ": owners and attributes may be lost");
        }
    }

    private Destination destination(ArtifactRef ref) throws BackupException {
        var into = where.to == null ? ROOT : where.to;
        if (dryRun && !Files.exists(into)) {
            return new Destination(into.toAbsolutePath(), Optional.empty());
        }
        if (!where.inPlace && !replace) {
            return Destination.empty(into);
        }
        var name = ref.artifact().value();
        var beside = into.toAbsolutePath().normalize();
        var kept = Optional.ofNullable(aside)
                .orElseGet(() -> beside.equals(ROOT)
                        ? ASIDE.resolve(name)
                        : beside.resolveSibling(beside.getFileName() + ".replaced-" + name));
        return Destination.replacing(into, kept);
    }

    private final class Outcome implements Unpacking.Listener {
        private final ArrayNode names = JsonNodeFactory.instance.arrayNode();
        private final ArrayNode refused = JsonNodeFactory.instance.arrayNode();
        private final TreeSalvage losses = new TreeSalvage();

        @Override
        public void taken(String name) {
            if (dryRun) {
                names.add(name);
            }
        }

        @Override
        public void refused(String name, String reason) {
            refused.addObject().put("name", name).put("reason", reason);
            console().warn(Kind.WARNINGS, "not restored: " + name + ": " + reason);
        }

        @Override
        public void said(String line) {
            console().warn(Kind.WARNINGS, line);
        }

        @Override
        public void damaged(String name) {
            losses.damaged(name);
        }

        @Override
        public void missing(String name) {
            losses.missing(name);
        }

        @Override
        public void gap(String after, long bytes) {
            losses.gap(after, bytes);
        }
    }

    private void sayLosses(ArtifactRef ref, TreeSalvage losses) {
        if (losses.isAnythingLost()) {
            console().warn(Kind.DAMAGED, "of " + ref + " " + losses.summary());
        } else if (salvage) {
            console().remark("nothing of " + ref + " is lost");
        }
    }

    private void say(ArtifactRef ref, Destination destination, Unpacking unpacking, Outcome outcome)
            throws BackupException {
        if (console().json()) {
            var node = JsonNodeFactory.instance
                    .objectNode()
                    .put("source", ref.source().value())
                    .put("artifact", ref.artifact().value())
                    .put("to", destination.root().toString())
                    .put("members", unpacking.members())
                    .put("replaced", unpacking.replaced());
            if (dryRun) {
                node.set("names", outcome.names);
            }
            node.set("refused", outcome.refused);
            if (salvage) {
                outcome.losses.describe(node);
            }
            destination.aside().ifPresent(kept -> node.put("aside", kept.toString()));
            console().json(node);
            return;
        }
        for (var name : outcome.names) {
            if (!salvage) {
                console().line(name.asText());
            } else if (outcome.losses.isWhole(name.asText())) {
                console().line("whole " + name.asText());
            }
        }
        outcome.losses.print(console());
        if (dryRun) {
            return;
        }
        console().line("restored " + unpacking.members() + " members of " + ref + " into " + destination.root());
        if (unpacking.replaced() > 0 && destination.aside().isPresent()) {
            console()
                    .line(unpacking.replaced() + " that were replaced are kept in "
                            + destination.aside().get());
        }
    }
}
