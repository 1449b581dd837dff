package org.clusterbackup.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads back what a target has. */
@Command(
        name = "scrub",
        description = {
            "Read back packs of a target, those first that were read longest ago.",
            "The ledger then has what was read and what is damaged, or missing though an artifact needs it. Over SSH",
            "they are read at the far side. The shipper does that a little a day; this is for whoever wants to know",
            "now. It names all damage that stands there. 'copy FROM TO --repair' mends."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup scrub -r s3:https://s3.example.org/backup --bytes 200G --bytes-per-second 20M",
            "  clusterbackup scrub -r sftp://backup@vault.example.org/srv/backup --all",
            "",
            "Exit code 14: packs are damaged or missing, and each is named."
        })
final class ScrubCommand extends RepositoryCommand {
    /** A share a day reads all in a month. */
    private static final int SHARES = 30;

    @Option(
            names = "--bytes",
            paramLabel = "N",
            converter = ByteCount.class,
            description =
                    "Read so many, such as 500M or 20G, and end with the pack that reaches it (default: a thirtieth"
                            + " of all).")
    private @Nullable Long bytes;

    @Option(names = "--all", description = "Read everything once.")
    private boolean all;

    @Option(
            names = "--bytes-per-second",
            paramLabel = "N",
            defaultValue = "0",
            converter = ByteCount.class,
            description = "Read no faster, on average over some packs; 0 is no limit (default: ${DEFAULT-VALUE}).")
    private long rate;

    @Option(
            names = "--dry-run",
            description = "Say what would be read and what is known to be damaged; write nothing, need no signing key.")
    private boolean dryRun;

    @Override
    void run(Repository repository) throws BackupException {
        if (all && bytes != null) {
            throw usage("--bytes and --all exclude each other");
        }
        var damage = new Damage(console(), repository);
        var budget = budget(damage);
        if (dryRun) {
            var plan = damage.plan(budget);
            print(damage, repository, "would read", plan.packs(), plan.bytes());
            return;
        }
        var writer = damage.writer(keys().operatorKey(environment()), "clusterbackup scrub");
        var scrubbed = damage.read(writer, budget, rate);
        print(damage, repository, "read", scrubbed.packs(), scrubbed.bytes());
    }

    private long budget(Damage damage) throws BackupException {
        if (all) {
            return Long.MAX_VALUE;
        }
        return bytes == null ? Math.ceilDiv(damage.state().bytes(), SHARES) : bytes;
    }

    private void print(Damage damage, Repository repository, String did, long packs, long read) throws BackupException {
        var where = repository.store().location();
        var known = damage.known();
        var state = damage.state();
        var table = new Table("damaged", "DAMAGED PACK", "HOW");
        for (Map.Entry<Sha256, String> pack : known.entrySet()) {
            table.row(pack.getKey(), pack.getValue())
                    .put("pack", pack.getKey().hex())
                    .put("how", pack.getValue());
            console().warn(Kind.DAMAGED, PackSet.path(pack.getKey()) + " at " + where + " " + pack.getValue());
        }
        var document = table.document()
                .put("dryRun", dryRun)
                .put("packs", packs)
                .put("bytes", read)
                .put("packsThere", state.packs())
                .put("bytesThere", state.bytes());
        state.oldestProof().ifPresent(time -> document.put("oldestProof", time.toString()));
        if (console().json() || !known.isEmpty()) {
            table.print(console());
        }
        if (!console().json()) {
            console()
                    .line(where + ": " + did + " " + packs + " of " + state.packs() + " packs (" + Sizes.text(read)
                            + "), " + known.size() + " damaged or missing; the oldest proof is "
                            + state.oldestProof().map(ScrubCommand::seconds).orElse("none"));
        }
    }

    private static String seconds(Instant time) {
        return "of " + time.truncatedTo(ChronoUnit.SECONDS);
    }
}
