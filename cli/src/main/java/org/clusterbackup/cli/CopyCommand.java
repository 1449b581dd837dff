package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.copy.Copied;
import org.clusterbackup.repository.copy.Copier;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.CopyOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies artifacts to a target. */
@Command(
        name = "copy",
        description = {
            "Copy artifacts from one copy of a repository to a target, as a shipper does: what is missing, proved there,",
            "manifest last. Needs no identity. What is there already is verified, and mended where packs are missing."
        },
        footerHeading = "%nExample:%n",
        footer = "  clusterbackup copy sftp://backup@office.example/srv/backup /media/disk/backup --keys keys")
final class CopyCommand extends BackupCommand {
    @Mixin
    private final AccessOptions access = new AccessOptions();

    @Mixin
    private final KeyOptions keys = new KeyOptions();

    @Mixin
    private final SpoolOptions spool = new SpoolOptions();

    @Parameters(index = "0", paramLabel = "FROM", description = "The repository to copy from.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "The target to copy to, made by 'init --same-as'.")
    private String to = "";

    @Option(
            names = "--source",
            paramLabel = "PATTERN",
            defaultValue = "*",
            description = "Only sources of that name; * stands for any characters, / too.")
    private String pattern = "*";

    @Option(names = "--latest", description = "Only the newest artifact of each source.")
    private boolean latest;

    @Option(
            names = "--repair",
            description = "Prove every pack that is there already, and replace what is damaged or lost.")
    private boolean repair;

    @Option(names = "--dry-run", description = "List what would be copied or verified; write nothing.")
    private boolean dryRun;

    @Override
    void run() throws BackupException {
        var environment = console().environment();
        var signers = keys.allowedSigners(environment);
        try (var fromStore = access.open(from, console());
                var toStore = access.open(to, console())) {
            var source = Repository.open(fromStore, signers);
            var target = Repository.open(toStore, signers);
            target.requireSameAs(source.description());
            var copier = new Copier(
                    source,
                    target,
                    CopyOptions.defaults(spool.spool(environment), "clusterbackup copy")
                            .withRepair(repair));
            var wanted = wanted(source);
            if (wanted.isEmpty()) {
                console().warn(Kind.WARNINGS, "nothing to copy: no artifact of " + pattern + " at " + from);
            }
            copy(wanted, copier);
        }
    }

    private List<ArtifactRef> wanted(Repository source) throws BackupException {
        var all = new Artifacts(source.store())
                .list().stream()
                        .filter(ref -> SourceName.matches(pattern, ref.source().value()))
                        .toList();
        return all.stream()
                .filter(ref -> !latest
                        || all.stream()
                                .noneMatch(other -> other.source().equals(ref.source()) && other.compareTo(ref) > 0))
                .toList();
    }

    private void copy(List<ArtifactRef> wanted, Copier copier) throws BackupException {
        var table = new Table("artifacts", "SOURCE", "ARTIFACT", "COPIED", "PRESENT", "STATUS");
        for (var ref : wanted) {
            var row = one(ref, copier, table);
            row.put("source", ref.source().value())
                    .put("artifact", ref.artifact().value());
        }
        table.print(console());
    }

    /** What is wrong with one artifact does not keep the others from being copied. */
    private ObjectNode one(ArtifactRef ref, Copier copier, Table table) throws BackupException {
        if (copier.wasDeleted(ref)) {
            return table.row(ref.source(), ref.artifact(), "-", "-", "deleted there")
                    .put("status", "deleted");
        }
        if (dryRun) {
            return table.row(ref.source(), ref.artifact(), "-", "-", "would copy")
                    .put("status", "would copy");
        }
        try {
            return row(table, copied(ref, copier));
        } catch (BackupException e) {
            if (!e.kind().concernsObject()) {
                throw e;
            }
            console().warn(e.kind() == Kind.NOT_FOUND ? Kind.DAMAGED : e.kind(), String.valueOf(e.getMessage()));
            return table.row(ref.source(), ref.artifact(), "-", "-", "failed").put("status", "failed");
        }
    }

    private Copied copied(ArtifactRef ref, Copier copier) throws BackupException {
        var listener = new Listener(ref);
        try {
            return copier.copy(ref, listener);
        } finally {
            listener.close();
        }
    }

    private static ObjectNode row(Table table, Copied copied) {
        var ref = copied.manifest().ref();
        return table.row(
                        ref.source(),
                        ref.artifact(),
                        Sizes.text(copied.bytesCopied()),
                        Sizes.text(copied.bytesPresent()),
                        "verified")
                .put("status", "verified")
                .put("bytesCopied", copied.bytesCopied())
                .put("bytesPresent", copied.bytesPresent())
                .put("proof", copied.proof().text());
    }

    private final class Listener implements CopyListener {
        private final ArtifactRef ref;
        private volatile @Nullable Progress progress;

        Listener(ArtifactRef ref) {
            this.ref = ref;
        }

        @Override
        public void planned(long bytesToCopy, long bytesPresent) {
            progress = new Progress(console(), "copying " + ref, bytesToCopy);
        }

        @Override
        public void copied(long bytes) {
            var shown = progress;
            if (shown != null) {
                shown.advance(bytes);
            }
        }

        void close() {
            var shown = progress;
            if (shown != null) {
                shown.close();
            }
        }
    }
}
