package org.clusterbackup.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.store.Body;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says that a source is expected no more. */
@Command(
        name = "retire",
        description = "Sign, into staging, that a source is gone for good: recovery points no longer miss it.",
        footerHeading = "%nExample:%n",
        footer = "  clusterbackup sources retire brick/gv0/2/node-c -r /srv/staging --keys keys")
final class SourcesRetireCommand extends RepositoryCommand {
    @Parameters(paramLabel = "NAME", description = "The source.")
    private String name = "";

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "retired by the operator", description = "Why.")
    private String reason = "";

    @Option(names = "--unknown", description = "Also a source that staging has no artifact of.")
    private boolean unknown;

    @Option(names = "--dry-run", description = "Check everything; write nothing.")
    private boolean dryRun;

    @Override
    void run(Repository repository) throws BackupException {
        if (repository.description().isTarget()) {
            throw usage(repository.store().location() + " is a target; a source is retired in staging");
        }
        var source = source();
        if (!unknown && new Artifacts(repository.store()).list(source).isEmpty()) {
            throw new BackupException(
                            Kind.NOT_FOUND,
                            "no source " + source + " at " + repository.store().location())
                    .withHint("clusterbackup sources lists them; --unknown retires one that was never backed up");
        }
        var note = JsonLayout.write(JsonLayout.object()
                .put("format", 1)
                .put("repository", repository.description().repository())
                .put("source", source.value())
                .put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("reason", reason));
        var signature = keys().operatorKey(environment()).sign(note);
        repository.signers().verify(source.value(), note, signature);
        if (dryRun) {
            console().remark("would retire " + source);
            return;
        }
        var object = "retired/" + source;
        repository.store().replace(object + ".sig", Body.of(signature));
        repository.store().replace(object, Body.of(note));
        console().line(object);
    }

    private SourceName source() throws BackupException {
        try {
            return new SourceName(name);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }
}
