package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.ledger.DrillResult;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows recovery points and artifacts. */
@Command(
        name = "list",
        description = {"List recovery points and artifacts.", "What is bad is marked, and makes the exit code."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup list --source 'brick/gv0/*'",
            "  clusterbackup list --output json | jq -r '.artifacts[] | select(.status != \"ok\")'"
        })
final class ListCommand extends RepositoryCommand {
    @Option(
            names = "--source",
            paramLabel = "PATTERN",
            defaultValue = "*",
            description = "Only sources of that name; * stands for any characters, / too.")
    private String pattern = "*";

    @Override
    void run(Repository repository) throws BackupException, InterruptedException {
        var listing = Listing.of(
                repository, ref -> SourceName.matches(pattern, ref.source().value()));
        var artifacts = artifacts(listing);
        var points = new Table("recoveryPoints", "RECOVERY POINT", "TIME", "STATUS", "SOURCES", "MISSING");
        listing.ledger().ifPresent(chain -> points(chain, points));
        listing.tell(console());
        if (listing.items().isEmpty() && !pattern.equals("*")) {
            console()
                    .warn(
                            Kind.WARNINGS,
                            "no artifact of a source " + pattern + " at "
                                    + repository.store().location());
        }
        if (console().json()) {
            artifacts.document().put("repository", repository.description().repository());
            repository.description().target().ifPresent(name -> artifacts
                    .document()
                    .put("target", name.value()));
            listing.ledger().ifPresent(chain -> heads(chain, artifacts));
            listing.ledger().flatMap(ListCommand::lastDrill).ifPresent(last -> artifacts
                    .document()
                    .putObject("lastDrill")
                    .put("run", last.run())
                    .put("time", last.time().toString())
                    .put("ok", last.ok())
                    .put("report", last.report()));
            artifacts.document().setAll(points.document());
            console().json(artifacts.document());
            return;
        }
        if (listing.ledger().isPresent()) {
            points.print(console());
            reasons(listing.ledger().get());
            drill(listing.ledger().get());
            console().line("");
        }
        artifacts.print(console());
    }

    private static Table artifacts(Listing listing) {
        var table = new Table("artifacts", "SOURCE", "ARTIFACT", "STARTED", "KIND", "STREAM", "NEW", "STATUS");
        for (var item : listing.items()) {
            var source = item.ref().source().value();
            var id = item.ref().artifact().value();
            if (item.manifest().isPresent()) {
                var manifest = item.manifest().get();
                var row = table.row(
                        source,
                        id,
                        manifest.started(),
                        manifest.origin().kind().text(),
                        Sizes.text(manifest.streamBytes()),
                        Sizes.text(manifest.newBytes()),
                        manifest.origin().warnings().isEmpty() ? "ok" : "warnings");
                row.put("source", source).put("artifact", id).put("status", "ok");
                describe(manifest, row);
            } else {
                var problem = item.problem().orElseThrow();
                var status = problem.kind().text();
                table.row(source, id, item.ref().artifact().time(), "-", "-", "-", status)
                        .put("source", source)
                        .put("artifact", id)
                        .put("status", status)
                        .put("message", problem.getMessage());
            }
        }
        return table;
    }

    private static void describe(Manifest manifest, ObjectNode row) {
        manifest.run().ifPresent(run -> row.put("run", run));
        manifest.origin().node().ifPresent(node -> row.put("node", node));
        row.put("kind", manifest.origin().kind().text())
                .put("started", manifest.started().toString())
                .put("finished", manifest.finished().toString())
                .put("streamBytes", manifest.streamBytes())
                .put("storedBytes", manifest.storedBytes())
                .put("newBytes", manifest.newBytes());
        var warnings = row.putArray("warnings");
        manifest.origin().warnings().forEach(warnings::add);
    }

    /** The last of each run counts. */
    private static void points(LedgerChain chain, Table table) {
        for (var link : chain.links()) {
            if (link.entry().body().orElse(null) instanceof RecoveryPoint point
                    && chain.recoveryPointOf(point.run()).filter(link::equals).isPresent()) {
                var row = table.row(
                        point.run(),
                        link.entry().time(),
                        point.status().text(),
                        point.sources().size(),
                        point.missing().size());
                row.put("run", point.run())
                        .put("time", link.entry().time().toString())
                        .put("status", point.status().text())
                        .put("entry", link.head().toString());
                var sources = row.putArray("sources");
                point.sources().forEach(standing -> sources.addObject()
                        .put("source", standing.source().value())
                        .put("artifact", standing.artifact().value())
                        .put("started", standing.started().toString())
                        .put("proof", standing.proof().text())
                        .put("proved", standing.proved().toString()));
                var missing = row.putArray("missing");
                point.missing().forEach(one -> missing.addObject()
                        .put("source", one.source().value())
                        .put("reason", one.reason()));
                var notes = row.putArray("notes");
                point.notes().forEach(note -> notes.addObject()
                        .put("source", note.source().value())
                        .put("degrades", note.degrades())
                        .put("text", note.text()));
            }
        }
    }

    /** Of the last recovery point: what of it stands, whatever the earlier ones lacked. */
    private void reasons(LedgerChain chain) throws BackupException {
        var last = chain.lastRecoveryPoint();
        if (last.isPresent()) {
            for (var reason : last.get().reasons()) {
                console().line(last.get().run() + " is " + last.get().status().text() + ": " + reason);
            }
            for (var note : last.get().notes()) {
                if (!note.degrades()) {
                    console().line(last.get().run() + ": " + note.text());
                }
            }
        }
    }

    private static Optional<DrillResult> lastDrill(LedgerChain chain) {
        return chain.lastDrill().flatMap(link -> link.entry().body()).map(DrillResult.class::cast);
    }

    private void drill(LedgerChain chain) throws BackupException {
        var last = lastDrill(chain);
        if (last.isPresent()) {
            console()
                    .line("last drill: of " + last.get().run() + " at "
                            + last.get().time().truncatedTo(ChronoUnit.SECONDS) + ", "
                            + (last.get().ok() ? "good" : "failed or too slow") + ", "
                            + last.get().report());
        }
    }

    private static void heads(LedgerChain chain, Table table) {
        var heads = table.document().putArray("heads");
        chain.heads().forEach(head -> heads.add(head.toString()));
    }
}
