package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.cli.etcd.EtcdTool;
import org.clusterbackup.cli.etcd.NewCluster;
import org.clusterbackup.cli.etcd.NewMember;
import org.clusterbackup.cli.etcd.OldCluster;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes data directories of a fresh etcd cluster. */
@Command(
        name = "etcd",
        description = {
            "Make the data directories of a fresh etcd cluster from a snapshot, by etcd's own etcdutl.",
            "Every member is made from the same snapshot: copy each directory to its machine, then start them all."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup restore etcd etcd/main@latest --to /var/lib/etcd-restored",
            "  clusterbackup restore etcd etcd/main@latest --to /srv/restored --bump-revision 1000000000"
                    + " --member etcd-0=https://10.0.0.1:2380 --member etcd-1=https://10.0.0.2:2380"
                    + " --member etcd-2=https://10.0.0.3:2380",
            "",
            "Keys come back with their revisions, leases, users and roles. Where the store backs Kubernetes, raise the",
            "revision by more than was written since the backup, so that no watch takes old objects for new ones."
        })
final class RestoreEtcdCommand extends RepositoryCommand {
    @Parameters(
            paramLabel = "ARTIFACT",
            description = "An id, its beginning, SOURCE@ID, SOURCE@latest or SOURCE@oldest.")
    private String artifact = "";

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Gets one directory a member.")
    private Path to = Path.of(".");

    @Option(
            names = "--member",
            paramLabel = "NAME=PEER_URL[,CLIENT_URL]",
            description = {
                "A member of the new cluster; repeat it for each (default: default=http://localhost:2380).",
                "Clients: the peers' scheme and host and port 2379, if nothing is said."
            })
    private List<String> members = List.of();

    @Option(
            names = "--token",
            paramLabel = "TEXT",
            description = "What tells the new cluster from the old one (default: made from the artifact's id).")
    private @Nullable String token;

    @Option(
            names = "--bump-revision",
            paramLabel = "N",
            description = "Raise the revision by so much and mark all before as compacted; for a store of Kubernetes.")
    private long bump;

    @Option(
            names = "--old-endpoint",
            paramLabel = "URL",
            description = "A member of the old cluster, to be sure that it is gone (default: those of the backup).")
    private List<String> oldEndpoints = List.of();

    @Mixin
    private final EtcdAccessOptions access = new EtcdAccessOptions();

    @Option(names = "--tools", paramLabel = "DIR", description = "Where etcdutl is, if not in PATH.")
    private @Nullable Path tools;

    @Option(names = "--force", description = "Restore although the old cluster may still work.")
    private boolean force;

    @Option(names = "--dry-run", description = "Check everything before a restore; write nothing.")
    private boolean dryRun;

    @Override
    void run(Repository repository) throws BackupException, IOException, InterruptedException {
        var ref = ArtifactName.resolve(repository, artifact);
        var cluster = cluster(ref);
        cluster.check();
        var tool = tool();
        try (var reader = reader(repository, ref)) {
            var manifest = reader.manifest();
            KindCheck.require(manifest, Set.of(ArtifactKind.ETCD));
            if (!force) {
                new OldCluster(old(manifest), access.access()).requireGone();
            }
            if (dryRun) {
                console().remark("would restore " + ref + " into " + to);
                return;
            }
            restore(reader, cluster, tool);
            say(manifest, cluster);
        }
    }

    private NewCluster cluster(ArtifactRef ref) throws BackupException {
        var all = new ArrayList<NewMember>();
        for (var text : members) {
            all.add(NewMember.parse(text));
        }
        return new NewCluster(
                to.toAbsolutePath().normalize(),
                all.isEmpty() ? List.of(NewMember.ALONE) : all,
                Optional.ofNullable(token).orElse("restored-" + ref.artifact().value()));
    }

    private EtcdTool tool() throws BackupException, InterruptedException {
        if (bump < 0) {
            throw usage("--bump-revision must not be negative");
        }
        var tool = EtcdTool.find(Optional.ofNullable(tools));
        if (bump > 0 && !tool.bumps()) {
            throw new BackupException(Kind.TARGET_UNFIT, tool.program() + " cannot raise the revision")
                    .withHint("take a newer etcdutl with --tools, such as that of 3.6, or leave out --bump-revision and"
                            + " restart every client of the store");
        }
        return tool;
    }

    private List<Endpoint> old(Manifest manifest) throws BackupException {
        var texts = new ArrayList<>(oldEndpoints);
        if (texts.isEmpty()) {
            manifest.details().path("endpoints").forEach(endpoint -> texts.add(endpoint.asText()));
        }
        var endpoints = new ArrayList<Endpoint>();
        for (var text : texts) {
            endpoints.add(Endpoint.parse(text));
        }
        return endpoints;
    }

    private void restore(ArtifactReader reader, NewCluster cluster, EtcdTool tool)
            throws BackupException, IOException, InterruptedException {
        var snapshot = cluster.working();
        try {
            try (var file = Files.newOutputStream(snapshot)) {
                copy(reader, file, "restoring " + reader.manifest().ref());
            }
            cluster.make(tool, snapshot, bump);
        } finally {
            Files.deleteIfExists(snapshot);
        }
    }

    private void say(Manifest manifest, NewCluster cluster) throws BackupException {
        if (console().json()) {
            console().json(json(manifest, cluster));
            return;
        }
        console()
                .line("restored " + manifest.ref() + " of revision "
                        + manifest.details().path("revision").asText("unknown") + " or later into "
                        + cluster.folder());
        for (var member : cluster.members()) {
            console().line("  " + cluster.startCommand(member));
        }
        console().remark("start every member so, each at its machine and as etcd's user, with the TLS options it had");
    }

    private static JsonNode json(Manifest manifest, NewCluster cluster) {
        var result = JsonNodeFactory.instance
                .objectNode()
                .put("source", manifest.ref().source().value())
                .put("artifact", manifest.ref().artifact().value())
                .put("token", cluster.token());
        var all = result.putArray("members");
        for (var member : cluster.members()) {
            all.addObject()
                    .put("name", member.name())
                    .put("peer", member.peer().toString())
                    .put("client", member.client().toString())
                    .put("dataDir", cluster.place(member).toString())
                    .put("start", cluster.startCommand(member));
        }
        return result;
    }
}
