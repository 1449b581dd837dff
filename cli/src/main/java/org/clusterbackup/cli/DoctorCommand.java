package org.clusterbackup.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.cli.doctor.Check;
import org.clusterbackup.cli.doctor.Checkup;
import org.clusterbackup.cli.doctor.NodeCheckup;
import org.clusterbackup.cli.doctor.RepositoryCheckup;
import org.clusterbackup.etcd.Cluster;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.etcd.MemberStatus;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.kubernetes.dump.DumpOptions;
import org.clusterbackup.kubernetes.dump.Rights;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at what backups will need, before they do. */
@Command(
        name = "doctor",
        description = {
            "Look at what backups need, before and after services are installed.",
            "At a repository or the place for one (1 KiB is written, read back and deleted, clocks are compared, and",
            "what is free there), at this Gluster server's bricks, at the rights at an API server, at the members of",
            "an etcd. Nothing else is changed anywhere."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup doctor -r sftp://backup@office.example/srv/backup --keys keys",
            "  clusterbackup doctor --node",
            "  clusterbackup doctor --kubeconfig dumper.kubeconfig --etcd-endpoints https://10.0.0.1:2379 --etcd-ca ca.crt"
        })
final class DoctorCommand extends BackupCommand {
    @Mixin
    private final RepositoryOptions location = new RepositoryOptions();

    @Mixin
    private final KeyOptions keys = new KeyOptions();

    @Mixin
    private final SpoolOptions spool = new SpoolOptions();

    @Mixin
    private final EtcdAccessOptions etcdAccess = new EtcdAccessOptions();

    @Option(names = "--read-only", description = "Write nothing to the repository.")
    private boolean readOnly;

    @Option(names = "--node", description = "Look at this machine's bricks and at what dumps them.")
    private boolean node;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            defaultValue = "/",
            description = "What the node's paths lie below (default: ${DEFAULT-VALUE}).")
    private Path root = Path.of("/");

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "Look at what its user may list.")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--etcd-endpoints",
            split = ",",
            paramLabel = "URL",
            description = "Look at these members, separated by commas.")
    private List<String> endpoints = List.of();

    @Override
    void run() throws BackupException {
        var environment = console().environment();
        var checkup = new Checkup();
        var anyRepository = location.repository != null || environment.containsKey(RepositoryOptions.VARIABLE);
        if (!anyRepository && !node && kubeconfig == null && endpoints.isEmpty()) {
            throw usage("what is to be looked at?")
                    .withHint("-r URL, --node, --kubeconfig FILE or --etcd-endpoints URL");
        }
        if (anyRepository) {
            repository(checkup, environment);
        }
        if (node) {
            var path = environment.getOrDefault("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin");
            new NodeCheckup(root, root.resolve("var/lib/glusterd"), path, checkup).run();
        }
        if (kubeconfig != null) {
            checkup.look("kubernetes", () -> kubernetes(checkup));
        }
        if (!endpoints.isEmpty()) {
            checkup.look("etcd", () -> etcd(checkup));
        }
        print(checkup.checks());
    }

    private void repository(Checkup checkup, Map<String, String> environment) throws BackupException {
        var signers = keys.allowedSigners(environment);
        checkup.look("place", () -> {
            try (var store = location.open(console())) {
                store.children("");
                new RepositoryCheckup(store, signers, Clock.systemUTC(), checkup).run(!readOnly);
                return store.location() + " answers";
            }
        });
    }

    private String kubernetes(Checkup checkup) throws BackupException {
        try (var server = ApiServer.connect(Optional.ofNullable(kubeconfig), Optional.empty())) {
            var lacking = Rights.lacking(
                    server, DumpOptions.defaults(spool.spool(console().environment())));
            lacking.essential()
                    .forEach(type -> checkup.bad("list " + name(type), Kind.NOT_PERMITTED, "a dump fails without it"));
            lacking.other().forEach(type -> checkup.bad("list " + name(type), Kind.WARNINGS, "a dump leaves it out"));
            return server.url() + " answers";
        }
    }

    private static String name(ResourceType type) {
        return type.group().isEmpty() ? type.resource() : type.resource() + "." + type.group();
    }

    private String etcd(Checkup checkup) throws BackupException {
        var parsed = new ArrayList<Endpoint>();
        for (var text : endpoints) {
            parsed.add(Endpoint.parse(text));
        }
        var survey = new Cluster(parsed, etcdAccess.access()).survey();
        survey.unusable().forEach(why -> checkup.bad("member", Kind.WARNINGS, why));
        survey.noSpace()
                .forEach(id ->
                        checkup.bad("member " + MemberStatus.hex(id), Kind.WARNINGS, "alarm: its database is full"));
        var first = survey.members().getFirst();
        return survey.members().size() + " of " + endpoints.size() + " members to read from, version "
                + first.version() + ", " + survey.keys().count() + " keys, database "
                + Sizes.text(first.databaseBytes());
    }

    private void print(List<Check> checks) throws BackupException {
        var table = new Table("checks", "CHECK", "RESULT", "DETAIL");
        for (var check : checks) {
            var result = check.fault().isEmpty() ? "good" : check.isWarning() ? "warning" : "bad";
            var row = table.row(check.subject(), result, check.detail())
                    .put("check", check.subject())
                    .put("result", result)
                    .put("detail", check.detail());
            check.fault().ifPresent(kind -> row.put("kind", kind.text()));
            check.hint().ifPresent(hint -> row.put("hint", hint));
            check.fault().ifPresent(console().findings()::add);
        }
        table.print(console());
        checks.forEach(
                check -> check.hint().ifPresent(hint -> console().remark("hint, " + check.subject() + ": " + hint)));
    }
}
