package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
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
import org.clusterbackup.repository.copy.CopyPreview;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies artifacts to a target. */
@Command(
        name = "copy",
        description = {
            "Copy artifacts from one copy of a repository to a target, as a shipper does.",
            "What is missing is copied and proved there, manifest last. Needs no identity. What is there already is",
            "verified, and mended where packs are missing. With --repair every pack at the target is read back first;",
            "what is damaged or missing is replaced by the pack of the same name, and the ledger says so: that needs",
            "the operator's signing key."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup copy sftp://backup@office.example/srv/backup /media/disk/backup --keys keys",
            "  clusterbackup copy s3:https://s3.example.org/backup sftp://backup@office.example/srv/backup --repair"
                    + " --known",
            "  clusterbackup copy s3:https://s3.example.org/backup s3:https://s3.example.net/backup --s3-access-key-id-file"
                    + " new/id",
            "      --s3-key-file new/key --from-s3-access-key-id-file old/id --from-s3-key-file old/key --keys keys"
        })
final class CopyCommand extends BackupCommand {
    private static final String OWNER = "clusterbackup copy";

    @Mixin
    private final AccessOptions access = new AccessOptions();

    @Mixin
    private final FromOptions fromAccess = new FromOptions();

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
            description = "Read back every pack that is there already, and replace what is damaged or lost.")
    private boolean repair;

    @Option(
            names = "--known",
            description = "With --repair: read nothing back, replace what scrubs found damaged and what is missing.")
    private boolean known;

    @Option(
            names = "--dry-run",
            description = "List what would be copied, in bytes, and what is present; write nothing.")
    private boolean dryRun;

    @Override
    void run() throws BackupException {
        if (known && !repair) {
            throw usage("--known belongs to --repair");
        }
        var environment = console().environment();
        var signers = keys.allowedSigners(environment);
        try (var fromStore = fromAccess.open(from, access, console());
                var toStore = access.open(to, console())) {
            var source = Repository.open(fromStore, signers);
            var target = Repository.open(toStore, signers);
            target.requireSameAs(source.description());
            var packs = repair ? Optional.of(repaired(source, target)) : Optional.<Table>empty();
            var copier = new Copier(source, target, CopyOptions.defaults(spool.spool(environment), OWNER));
            var wanted = wanted(source);
            if (wanted.isEmpty()) {
                console().warn(Kind.WARNINGS, "nothing to copy: no artifact of " + pattern + " at " + from);
            }
            copy(wanted, copier, dryRun ? Optional.of(new CopyPreview(source, target)) : Optional.empty(), packs);
        }
    }

    private Table repaired(Repository source, Repository target) throws BackupException {
        var damage = new Damage(console(), target);
        if (dryRun) {
            return damage.wouldMend(source);
        }
        var writer = damage.writer(keys.operatorKey(console().environment()), OWNER);
        if (!known) {
            var _ = damage.read(writer, Long.MAX_VALUE, 0);
        }
        return damage.mend(source, writer);
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

    private void copy(List<ArtifactRef> wanted, Copier copier, Optional<CopyPreview> preview, Optional<Table> packs)
            throws BackupException {
        var table = new Table("artifacts", "SOURCE", "ARTIFACT", "COPIED", "PRESENT", "STATUS");
        for (var ref : wanted) {
            var row = one(ref, copier, preview, table);
            row.put("source", ref.source().value())
                    .put("artifact", ref.artifact().value());
        }
        if (packs.isPresent() && console().json()) {
            table.document().set("packs", packs.get().document().path("packs"));
        } else if (packs.isPresent()) {
            packs.get().print(console());
        }
        table.print(console());
    }

    /** What is wrong with one artifact does not keep the others from being copied. */
    private ObjectNode one(ArtifactRef ref, Copier copier, Optional<CopyPreview> preview, Table table)
            throws BackupException {
        if (copier.wasDeleted(ref)) {
            return table.row(ref.source(), ref.artifact(), "-", "-", "deleted there")
                    .put("status", "deleted");
        }
        try {
            return preview.isPresent() ? row(table, ref, preview.get().of(ref)) : row(table, copied(ref, copier));
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
        return row(table, copied.manifest().ref(), copied.bytesCopied(), copied.bytesPresent(), "verified")
                .put("proof", copied.proof().text());
    }

    private static ObjectNode row(Table table, ArtifactRef ref, CopyPreview.Planned planned) {
        var status = planned.isPresent() ? "present" : "would copy";
        return row(table, ref, planned.bytesToCopy(), planned.bytesPresent(), status);
    }

    private static ObjectNode row(Table table, ArtifactRef ref, long copied, long present, String status) {
        return table.row(ref.source(), ref.artifact(), Sizes.text(copied), Sizes.text(present), status)
                .put("status", status)
                .put("bytesCopied", copied)
                .put("bytesPresent", present);
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
