package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.clusterbackup.cli.migrate.MappingFile;
import org.clusterbackup.cli.recover.GlusterControl;
import org.clusterbackup.cli.recover.Markdown;
import org.clusterbackup.cli.recover.NewServers;
import org.clusterbackup.cli.recover.Plan;
import org.clusterbackup.cli.recover.Planner;
import org.clusterbackup.cli.recover.Scenario;
import org.clusterbackup.cli.recover.Situation;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what there is at a target, and what to do with it. */
@Command(
        name = "plan",
        description = {
            "Print what a target holds and the ordered steps that bring it back, with their commands.",
            "As a runbook in Markdown, or with --output json for 'recover run'. Nothing is written anywhere."
        },
        footerHeading = "%nScenarios:%n",
        footer = {
            "  full                  everything is gone",
            "  node NODE             one Gluster server is gone (--kept-disks: its bricks are whole)",
            "  brick SOURCE          one brick's disk is gone",
            "  files VOLUME PATH...  files of a volume are gone",
            "  etcd, kubernetes      that alone",
            "  migrate MAPPING       everything moves to other names; see 'migrate --help'",
            "",
            "Examples:",
            "  clusterbackup recover plan full >runbook.md",
            "  clusterbackup recover plan full --output json >plan.json",
            "  clusterbackup recover plan node node-b --device node-b:/media/brick0=/dev/vdb"
        })
final class RecoverPlanCommand extends RepositoryCommand {
    @Parameters(index = "0", paramLabel = "SCENARIO", description = "What happened; see below.")
    private String scenario = "";

    @Parameters(index = "1..*", paramLabel = "WHAT", description = "Of that scenario; see below.")
    private List<String> what = List.of();

    @Option(names = "--at", paramLabel = "RUN", description = "The recovery point (default: the newest).")
    private @Nullable String at;

    @Option(names = "--without", paramLabel = "VOLUME", description = "Leave a volume out; may be repeated.")
    private Set<String> without = new HashSet<>();

    @Option(
            names = "--device",
            paramLabel = "NODE:MOUNTPOINT=DEVICE",
            description = "The block device of a brick (default: a variable that the step asks for).")
    private Map<String, String> devices = Map.of();

    @Option(names = "--kept-disks", description = "Of a lost node the disks with the bricks are whole.")
    private boolean keptDisks;

    @Mixin
    private final LineOptions line = new LineOptions();

    @Option(
            names = "--etcd-member",
            paramLabel = "NAME=PEER_URL[,CLIENT_URL]",
            description = "A member of the etcd cluster that is to be; may be repeated.")
    private List<String> members = List.of();

    @Option(
            names = "--stop-gluster",
            paramLabel = "COMMAND",
            description = "Stops Gluster on a node, {node} is its name (default: by systemd).")
    private String stopGluster = GlusterControl.SYSTEMD_STOP;

    @Option(
            names = "--start-gluster",
            paramLabel = "COMMAND",
            description = "Starts it (default: ${DEFAULT-VALUE}).",
            defaultValue = GlusterControl.SYSTEMD_START)
    private String startGluster = GlusterControl.SYSTEMD_START;

    @Option(
            names = "--gluster",
            paramLabel = "COMMAND",
            description = "Gluster's command line on a node, such as 'kubectl exec …' (default: ${DEFAULT-VALUE}).",
            defaultValue = GlusterControl.PROGRAM)
    private String gluster = GlusterControl.PROGRAM;

    @Override
    void run(Repository repository) throws BackupException {
        var chain = new Ledger(repository).read();
        chain.problems().forEach(problem -> console().warn(problem.kind(), problem.message()));
        var point = point(chain);
        var plan = plan(new Situation(
                url(),
                access(),
                point,
                manifests(repository, point),
                new GlusterControl(stopGluster, startGluster, gluster),
                devices,
                members));
        var age = plan.age(Instant.now());
        if (age.compareTo(Plan.STALE) > 0) {
            console()
                    .warn(
                            Kind.WARNINGS,
                            "recovery point " + point.run() + " is " + Sizes.time(age) + " old: look for a newer one at"
                                    + " other targets");
        }
        if (console().json()) {
            console().json(plan.toJson());
        } else {
            console()
                    .line(new Markdown(plan, Instant.now(), line.line(), Sizes::text)
                            .text()
                            .stripTrailing());
        }
    }

    private RecoveryPoint point(LedgerChain chain) throws BackupException {
        if (at == null) {
            return chain.lastRecoveryPoint()
                    .orElseThrow(() -> new BackupException(Kind.NOT_FOUND, "this target has no recovery point")
                            .withHint("'clusterbackup list' shows what artifacts it has"));
        }
        var link = chain.recoveryPointOf(at);
        if (link.isPresent() && link.get().entry().body().orElse(null) instanceof RecoveryPoint point) {
            return point;
        }
        throw new BackupException(Kind.NOT_FOUND, "this target has no recovery point " + at)
                .withHint("'clusterbackup list' shows them");
    }

    /** What of the recovery point cannot be read is said, and planned without. */
    private List<Manifest> manifests(Repository repository, RecoveryPoint point) throws BackupException {
        var found = new ArrayList<Manifest>();
        for (var standing : point.sources()) {
            try {
                found.add(manifest(repository, standing));
            } catch (BackupException e) {
                if (!e.kind().concernsObject()) {
                    throw e;
                }
                console().warn(e.kind() == Kind.NOT_FOUND ? Kind.DAMAGED : e.kind(), String.valueOf(e.getMessage()));
            }
        }
        return found;
    }

    private Plan plan(Situation situation) throws BackupException {
        var planner = new Planner(situation, without, Instant.now().truncatedTo(ChronoUnit.MILLIS));
        var kind = Scenario.parse(scenario.toLowerCase(Locale.ROOT))
                .orElseThrow(() -> usage("'" + scenario + "' is no scenario")
                        .withHint("full, node, brick, files, etcd, kubernetes or migrate: see --help"));
        return switch (kind) {
            case FULL -> {
                nothingElse();
                yield planner.full();
            }
            case NODE -> planner.node(only("a node"), keptDisks);
            case BRICK -> planner.brick(only("a brick's source"));
            case FILES -> {
                if (what.size() < 2) {
                    throw usage("files needs a volume and paths");
                }
                yield planner.files(what.getFirst(), what.subList(1, what.size()));
            }
            case ETCD -> {
                nothingElse();
                yield planner.etcd();
            }
            case KUBERNETES -> {
                nothingElse();
                yield planner.kubernetes();
            }
            case MIGRATE -> planner.migrate(newServers(only("a mapping")));
        };
    }

    private static NewServers newServers(String mapping) throws BackupException {
        var file = Path.of(mapping);
        var names = MappingFile.read(file);
        try {
            return new NewServers(names, mapping, Files.readString(file));
        } catch (IOException e) {
            throw new BackupException(Kind.USAGE, mapping + ": cannot be read: " + e, e);
        }
    }

    private void nothingElse() throws BackupException {
        if (!what.isEmpty()) {
            throw usage(scenario + " takes nothing else: " + String.join(" ", what));
        }
    }

    private String only(String name) throws BackupException {
        if (what.size() != 1) {
            throw usage(scenario + " needs " + name);
        }
        return what.getFirst();
    }
}
