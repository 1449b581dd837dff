package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.drill.DrillReport;
import org.clusterbackup.repository.drill.DrillReports;
import org.clusterbackup.repository.drill.Drilled;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.ledger.RecoveryPoint.Standing;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Proves a recovery point without a disaster. */
@Command(
        name = "drill",
        description = {
            "Restore a recovery point into scratch, compare it, and leave a signed report at the target.",
            "What comes back is compared with its manifests and thrown away; the target's shipper enters the report",
            "in the ledger. Bricks come back into XFS in files of the spool, etcd and Kubernetes objects into servers",
            "that live meanwhile: run it as root, with etcd, etcdutl, kube-apiserver and xfsrestore in PATH. What",
            "this machine cannot bring back is read and proved, and the report says so.",
            "It needs the identity: run it where one may live, never in the protected cluster."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup drill -r sftp://backup@office.example/srv/backup --keys keys --max-time 4h",
            "  clusterbackup drill nightly-20261122t030000z --source 'etcd/*' --source 'host/*' --no-report",
            "",
            "Exit code 19: a source would not come back, which is named, or it took longer than --max-time."
        })
final class DrillCommand extends RepositoryCommand {
    private static final String LATEST = "latest";
    private static final String ROLE = "drill";

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            defaultValue = LATEST,
            description = "The run of a recovery point, as 'list' shows it (default: ${DEFAULT-VALUE}).")
    private String run = LATEST;

    @Option(
            names = "--source",
            paramLabel = "PATTERN",
            description = "Only sources of that name; * stands for any characters, / too. May be repeated.")
    private List<String> patterns = List.of();

    @Option(
            names = "--max-time",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "How long all of it may take: 90s, 15m, 4h. It goes on to its end, and then fails.")
    private @Nullable Duration limit;

    @Option(names = "--no-report", description = "Leave nothing at the target, and need no signing key.")
    private boolean noReport;

    @Option(names = "--keep", description = "Leave the trees that were restored in the spool, and say where.")
    private boolean keep;

    @Option(names = "--tools", paramLabel = "DIR", description = "Where etcd and etcdutl are, if not in PATH.")
    private @Nullable Path tools;

    @Option(
            names = "--kube-apiserver",
            paramLabel = "FILE",
            description = "The program that Kubernetes objects are brought back into, if not in PATH.")
    private @Nullable Path apiServer;

    @Override
    void run(Repository repository) throws BackupException, IOException, InterruptedException {
        var reports = new DrillReports(repository);
        var key = key(reports);
        // Without an identity nothing is tried, and nothing is reported.
        keys().opening(repository.description().encryption(), environment());
        Files.createDirectories(spool());
        var chain = new Ledger(repository).read();
        chain.requireWhole();
        var link = link(repository, chain);
        var point = (RecoveryPoint) link.entry().body().orElseThrow();

        var time = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var begun = System.nanoTime();
        var found = new ArrayList<Drilled>();
        for (var standing : wanted(point)) {
            found.add(drill(repository, standing));
        }
        var report = new DrillReport(
                repository.description().repository(),
                repository.requireTarget(),
                time,
                point.run(),
                link.head(),
                Version.number(),
                identityProved(repository, found),
                patterns,
                since(begun),
                Optional.ofNullable(limit),
                found);
        finish(reports, report, key);
    }

    /** Before hours of work: a report that nobody would believe helps nobody. */
    private Optional<SigningKey> key(DrillReports reports) throws BackupException {
        if (noReport) {
            return Optional.empty();
        }
        try {
            var key = keys().signingKey(environment(), ROLE);
            reports.requireMaySign(key);
            return Optional.of(key);
        } catch (BackupException e) {
            throw e.hint().isPresent()
                    ? e
                    : e.withHint("the report is signed with signing/drill of the keys directory, or --signing-key;"
                            + " --no-report needs none");
        }
    }

    private LedgerChain.Link link(Repository repository, LedgerChain chain) throws BackupException {
        var named = run.equals(LATEST) ? chain.lastRecoveryPoint().map(RecoveryPoint::run) : Optional.of(run);
        return named.flatMap(chain::recoveryPointOf).orElseThrow(() -> new BackupException(
                        Kind.NOT_FOUND,
                        "no recovery point " + run + " at " + repository.store().location())
                .withHint("clusterbackup list shows what there is"));
    }

    private List<Standing> wanted(RecoveryPoint point) throws BackupException {
        var wanted = point.sources().stream()
                .filter(standing -> patterns.isEmpty()
                        || patterns.stream()
                                .anyMatch(pattern -> SourceName.matches(
                                        pattern, standing.source().value())))
                .toList();
        if (wanted.isEmpty()) {
            throw new BackupException(
                    Kind.NOT_FOUND,
                    "recovery point " + point.run() + " has no source"
                            + (patterns.isEmpty() ? "" : " that is named " + String.join(" or ", patterns)));
        }
        return wanted;
    }

    /**
     * Whatever goes wrong with one source, the others are tried.
     *
     * @throws BackupException {@code UNREACHABLE} if the target is: that says nothing of what it holds
     */
    private Drilled drill(Repository repository, Standing standing) throws BackupException, InterruptedException {
        var ref = new ArtifactRef(standing.source(), standing.artifact());
        var begun = System.nanoTime();
        Optional<Manifest> manifest = Optional.empty();
        try {
            manifest = Optional.of(manifest(repository, standing));
            Rehearsal.Found found;
            try (var reader = readerForRestore(repository, ref)) {
                found = new Rehearsal(this, Optional.ofNullable(tools), Optional.ofNullable(apiServer), keep)
                        .of(reader);
            }
            found.remark().ifPresent(remark -> console().remark(ref + ": " + remark));
            return new Drilled(
                    ref,
                    standing.manifestSha256(),
                    kind(manifest),
                    found.result(),
                    since(begun).toMillis(),
                    manifest.get().streamBytes(),
                    found.counts(),
                    Optional.empty(),
                    found.remark());
        } catch (BackupException e) {
            if (e.kind() == Kind.UNREACHABLE) {
                // It may have been a program of this machine that did not answer.
                var _ = Repository.open(repository.store(), repository.signers());
            }
            return failed(standing, ref, manifest, begun, e.kind(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return failed(standing, ref, manifest, begun, Kind.FAILED, e.toString());
        } catch (RuntimeException e) {
            return failed(standing, ref, manifest, begun, Kind.FAILED, "internal error: " + e);
        }
    }

    private Drilled failed(
            Standing standing, ArtifactRef ref, Optional<Manifest> manifest, long begun, Kind kind, String message) {
        console().warn(Kind.DRILL_FAILED, ref + " would not come back: " + message);
        return new Drilled(
                ref,
                standing.manifestSha256(),
                kind(manifest),
                Drilled.Result.FAILED,
                since(begun).toMillis(),
                manifest.map(Manifest::streamBytes).orElse(0L),
                new TreeMap<>(),
                Optional.of(kind.text()),
                Optional.of(message));
    }

    private static Optional<String> kind(Optional<Manifest> manifest) {
        return manifest.map(known -> known.origin().kind().text());
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static boolean identityProved(Repository repository, List<Drilled> found) {
        return repository.description().encryption() == Encryption.AGE
                && found.stream().anyMatch(Drilled::ok)
                && found.stream().noneMatch(drilled -> drilled.failure().equals(Optional.of(Kind.NO_KEY.text())));
    }

    private void finish(DrillReports reports, DrillReport report, Optional<SigningKey> key) throws BackupException {
        if (report.tooSlow()) {
            console()
                    .warn(
                            Kind.DRILL_FAILED,
                            "the drill took " + seconds(report.took()) + ", and may take "
                                    + seconds(report.limit().orElseThrow()));
        }
        var name = Optional.<String>empty();
        var unwritten = Optional.<BackupException>empty();
        if (key.isPresent()) {
            try {
                name = Optional.of(reports.leave(report, key.get()));
            } catch (BackupException e) {
                unwritten = Optional.of(e);
            }
        }
        print(report, name);
        if (unwritten.isPresent()) {
            if (report.ok()) {
                throw unwritten.get();
            }
            console()
                    .warn(
                            Kind.DRILL_FAILED,
                            "no report was left: " + unwritten.get().getMessage());
        }
    }

    private void print(DrillReport report, Optional<String> name) throws BackupException {
        var table = new Table("sources", "SOURCE", "ARTIFACT", "KIND", "RESULT", "TIME", "STREAM", "COUNTED");
        for (var drilled : report.sources()) {
            var row = table.row(
                    drilled.ref().source(),
                    drilled.ref().artifact(),
                    drilled.kind().orElse("-"),
                    drilled.result().text(),
                    seconds(Duration.ofMillis(drilled.milliseconds())),
                    Sizes.text(drilled.streamBytes()),
                    counted(drilled.counts()));
            drilled.writeTo(row);
        }
        var document = table.document()
                .put("target", report.target().value())
                .put("run", report.run())
                .put("ok", report.ok())
                .put("identityProved", report.identityProved())
                .put("milliseconds", report.took().toMillis());
        name.ifPresent(left -> document.put("report", left));
        table.print(console());
        if (!console().json()) {
            console()
                    .line("recovery point " + report.run() + " at " + report.target() + ": "
                            + (report.ok() ? "proved" : "NOT proved") + " in " + seconds(report.took())
                            + name.map(left -> ", report " + left).orElse(""));
        }
    }

    /** A revision is a number of one thing, and no count of many. */
    static String counted(SortedMap<String, Long> counts) {
        return counts.entrySet().stream()
                .map(count -> count.getKey().equals(EtcdRehearsal.REVISION)
                        ? count.getKey() + " " + count.getValue()
                        : count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String seconds(Duration time) {
        return time.toMinutes() > 0 ? Sizes.time(time) : String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }
}
