package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.retention.Candidate;
import org.clusterbackup.repository.retention.PrunePlan;
import org.clusterbackup.repository.retention.Pruning;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets a target forget what is older than somebody wants to go back. */
@Command(
        name = "prune",
        description = {
            "Delete from a target the artifacts that the policy does not keep.",
            "Each is entered in the ledger first. Packs that nothing needs any more go in two steps: condemned now,",
            "deleted by a prune that comes a grace period later. Periods are those of UTC, by the signed times of",
            "runs. The last good artifact of a source and what the last recovery point needs stay in any case. It",
            "asks before it deletes. Staging is looked after by the scheduler."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup prune sftp://backup@vault.example.org/srv/backup --keep-daily 7 --keep-weekly 5 --dry-run",
            "  clusterbackup prune sftp://backup@vault.example.org/srv/backup --policy policies.yaml --yes",
            "  clusterbackup prune -r /media/disk/backup --keep-within 30d --keep-monthly 12 --keep-yearly unlimited --yes",
            "",
            "Exit code 20: the store is append-only, or locks its objects; 11: somebody else holds the target's lock."
        })
final class PruneCommand extends BackupCommand {
    private static final String OWNER = "clusterbackup prune";

    @Mixin
    private final RepositoryOptions location = new RepositoryOptions();

    @Mixin
    private final KeyOptions keys = new KeyOptions();

    @Mixin
    private final KeepOptions keep = new KeepOptions();

    @Parameters(arity = "0..1", paramLabel = "URL", description = "The target, in place of -r.")
    private @Nullable String url;

    @Option(
            names = "--source",
            paramLabel = "PATTERN",
            defaultValue = "*",
            description = "Only sources of that name; * stands for any characters, / too.")
    private String pattern = "*";

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            defaultValue = "7d",
            converter = TimeSpan.class,
            description =
                    "How long packs stay condemned, 1h or more: longer than a backup takes (default: ${DEFAULT-VALUE}).")
    private Duration grace = Duration.ofDays(7);

    @Option(names = "--dry-run", description = "List what would be deleted; write nothing, and need no signing key.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    void run() throws BackupException {
        if (console().json() && !yes && !dryRun) {
            throw usage("nobody can be asked with --output json").withHint("add --yes, or --dry-run");
        }
        if (url != null) {
            location.repository = url;
        }
        var environment = console().environment();
        var retention = keep.retention().only(pattern);
        var signers = keys.allowedSigners(environment);
        try (var store = location.open(console())) {
            var repository = Repository.open(store, signers);
            var pruning = new Pruning(repository, retention, grace, Clock.systemUTC());
            if (dryRun) {
                print(pruning.plan(), repository);
            } else {
                prune(pruning, repository);
            }
        }
    }

    private void prune(Pruning pruning, Repository repository) throws BackupException {
        var key = keys.operatorKey(console().environment());
        if (yes) {
            print(pruning.run(key, OWNER, _ -> true), repository);
            return;
        }
        var shown = pruning.plan();
        table(shown).print(console());
        var where = repository.store().location();
        if (shown.changesAnything()
                && !new Answers(console())
                        .yes("delete " + shown.removed().size() + " artifacts and "
                                + shown.deleted().count() + " packs at " + where + "?")) {
            console().warn(Kind.WARNINGS, "nothing was deleted at " + where);
            return;
        }
        var agreed = new HashSet<>(refs(shown.removed()));
        var done = pruning.run(key, OWNER, plan -> agreed.containsAll(refs(plan.removed())));
        tell(done);
        console().line(summary(done, where));
    }

    private static List<ArtifactRef> refs(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::ref).toList();
    }

    private void print(PrunePlan plan, Repository repository) throws BackupException {
        var table = table(plan);
        describe(plan, table.document());
        table.print(console());
        tell(plan);
        if (!console().json()) {
            console().line(summary(plan, repository.store().location()));
        }
    }

    private void tell(PrunePlan plan) {
        var seen = Stream.of(
                        plan.kept().stream().map(kept -> kept.candidate().ref()),
                        plan.removed().stream().map(Candidate::ref),
                        plan.bad().stream().map(bad -> bad.ref()))
                .flatMap(refs -> refs);
        if (!pattern.equals("*")
                && seen.noneMatch(
                        ref -> SourceName.matches(pattern, ref.source().value()))) {
            console().warn(Kind.WARNINGS, "no artifact of a source " + pattern);
        }
        plan.bad().forEach(bad -> console().warn(bad.kind(), bad.message()));
    }

    private static Table table(PrunePlan plan) {
        var table = new Table("artifacts", "SOURCE", "ARTIFACT", "RUN", "POLICY", "REASON");
        plan.kept().forEach(kept -> row(table, kept.candidate(), "keep", String.join(", ", kept.reasons())));
        plan.removed().forEach(removed -> row(table, removed, "remove", "-"));
        for (var bad : plan.bad()) {
            if (plan.kept().stream().noneMatch(kept -> kept.candidate().ref().equals(bad.ref()))
                    && !refs(plan.removed()).contains(bad.ref())) {
                table.row(bad.ref().source(), bad.ref().artifact(), "-", "keep", "not to be believed")
                        .put("source", bad.ref().source().value())
                        .put("artifact", bad.ref().artifact().value())
                        .put("policy", "keep")
                        .put("reason", "not to be believed");
            }
        }
        return table;
    }

    private static void row(Table table, Candidate candidate, String policy, String reason) {
        table.row(
                        candidate.ref().source(),
                        candidate.ref().artifact(),
                        candidate.time().truncatedTo(ChronoUnit.SECONDS),
                        policy,
                        reason)
                .put("source", candidate.ref().source().value())
                .put("artifact", candidate.ref().artifact().value())
                .put("run", candidate.time().toString())
                .put("policy", policy)
                .put("reason", reason);
    }

    private void describe(PrunePlan plan, ObjectNode document) {
        document.put("dryRun", dryRun).put("bytesFreed", plan.bytesFreed());
        packs(document.putObject("condemned"), plan.condemned());
        packs(document.putObject("deleted"), plan.deleted());
        packs(document.putObject("waiting"), plan.waiting());
        var swept = document.putArray("swept");
        plan.swept().forEach(ref -> swept.add(ref.toString()));
    }

    private static void packs(ObjectNode node, PrunePlan.Packs packs) {
        node.put("packs", packs.count()).put("bytes", packs.bytes());
    }

    private String summary(PrunePlan plan, String place) {
        var perSource = plan.kept().stream()
                .collect(Collectors.groupingBy(kept -> kept.candidate().ref().source(), Collectors.counting()));
        return (dryRun ? "would be at " : "") + place + ": " + plan.kept().size() + " artifacts of " + perSource.size()
                + " sources kept, " + plan.removed().size() + " removed; " + packs(plan.condemned()) + " condemned, "
                + packs(plan.deleted()) + " deleted, " + packs(plan.waiting()) + " waiting; "
                + Sizes.text(plan.bytesFreed()) + " freed";
    }

    private static String packs(PrunePlan.Packs packs) {
        return packs.count() + " packs (" + Sizes.text(packs.bytes()) + ")";
    }
}
