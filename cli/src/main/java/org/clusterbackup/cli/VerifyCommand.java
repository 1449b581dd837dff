package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Identity;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerHead;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.verify.Finding;
import org.clusterbackup.repository.verify.Verifier;
import org.clusterbackup.repository.verify.VerifyListener;
import org.clusterbackup.repository.verify.VerifyOptions;
import org.clusterbackup.repository.verify.VerifyReport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks for damage in one copy of a repository. */
@Command(
        name = "verify",
        description = {
            "Verify signatures, ledger, digests and completeness; name every damage.",
            "With --read-data every byte of the packs is proved: at the far side over SSH, by reading on S3, and if",
            "an identity is at hand by opening them."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup verify",
            "  clusterbackup verify --read-data=3/7     # a seventh of all packs, another one every day of the week",
            "  clusterbackup verify --expect-head 12-5f0c…   # as 'keys kit' printed it: is the ledger rolled back?",
            "  clusterbackup verify -r s3:https://s3.example.org/backup --against sftp://backup@tape/srv/backup"
        })
final class VerifyCommand extends BackupCommand {
    @Mixin
    private final RepositoryOptions location = new RepositoryOptions();

    @Mixin
    private final KeyOptions keys = new KeyOptions();

    @Mixin
    private final SpoolOptions spool = new SpoolOptions();

    @Option(
            names = "--read-data",
            paramLabel = "n/t",
            arity = "0..1",
            fallbackValue = "1/1",
            description = "Prove the bytes of all packs, or of the n-th of t shares.")
    private @Nullable String readData;

    @Option(
            names = "--expect-head",
            paramLabel = "NUMBER-DIGEST",
            arity = "1",
            description = "An entry that the ledger had: if it is gone, the ledger was rolled back.")
    private List<String> heads = List.of();

    @Option(
            names = "--against",
            paramLabel = "URL",
            arity = "1",
            description = "Another target of the repository: what its ledger has seen of this one's must be here.")
    private List<String> others = List.of();

    @Option(names = "--digests-only", description = "Do not open packs although an identity is at hand.")
    private boolean digestsOnly;

    @Override
    void run() throws BackupException {
        var environment = console().environment();
        var given = expected();
        var signers = keys.allowedSigners(environment);
        var told = new Told();
        try (var store = location.open(console())) {
            var heads = new ArrayList<>(given);
            for (var other : others) {
                seenBy(other, store, signers).ifPresent(heads::add);
            }
            var options = new VerifyOptions(share(), heads, identity(), spool.spool(environment));
            var report = verify(store, signers, options, told);
            report.kinds().forEach(console().findings()::add);
            say(report, told, store.location());
        }
    }

    private static VerifyReport verify(ObjectStore store, AllowedSigners signers, VerifyOptions options, Told told)
            throws BackupException {
        try {
            return Verifier.verify(store, signers, options, told);
        } finally {
            told.end();
        }
    }

    /** The newest entry of this target's ledger that the other's has seen: gone, this one was rolled back. */
    private Optional<LedgerHead> seenBy(String url, ObjectStore store, AllowedSigners signers) throws BackupException {
        var here = Repository.open(store, signers);
        var name = here.requireTarget();
        try (var other = location.access().open(url, console())) {
            var there = Repository.open(other, signers);
            there.requireSameAs(here.description());
            var chain = new Ledger(there).read();
            chain.requireWhole();
            var seen = Optional.ofNullable(chain.otherHeads().get(name));
            console()
                    .remark(seen.map(head -> other.location() + " has seen " + name + " with ledger entry " + head)
                            .orElse(other.location() + " has seen no ledger entry of " + name));
            return seen;
        }
    }

    private Optional<VerifyOptions.Share> share() throws BackupException {
        if (readData == null) {
            return Optional.empty();
        }
        try {
            var parts = readData.split("/", -1);
            if (parts.length == 2) {
                return Optional.of(new VerifyOptions.Share(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
            }
        } catch (IllegalArgumentException e) {
            throw usage("not a share, n/t with 1 <= n <= t: " + readData);
        }
        throw usage("not a share, n/t with 1 <= n <= t: " + readData);
    }

    private List<LedgerHead> expected() throws BackupException {
        var expected = new ArrayList<LedgerHead>();
        for (var text : heads) {
            try {
                expected.add(LedgerHead.parse(text));
            } catch (IllegalArgumentException e) {
                throw usage(String.valueOf(e.getMessage()));
            }
        }
        return expected;
    }

    /** An identity that was named must be there; one that a keys directory could have need not. */
    private Optional<Identity> identity() throws BackupException {
        if (digestsOnly) {
            return Optional.empty();
        }
        if (keys.identity != null) {
            return Optional.of(Identity.read(keys.identity));
        }
        var file = keys.identityIfAny(console().environment());
        return file.isPresent() && Files.exists(file.get()) ? Optional.of(Identity.read(file.get())) : Optional.empty();
    }

    /** Findings as they come: lines of the result, or kept for the JSON form. */
    private final class Told implements VerifyListener {
        private final ArrayNode findings = JsonNodeFactory.instance.arrayNode();
        private @Nullable Progress progress;
        private @Nullable BackupException failure;

        @Override
        public synchronized void finding(Finding finding) {
            var kind = finding.kind().map(Kind::text).orElse("note");
            if (console().json()) {
                findings.addObject()
                        .put("kind", kind)
                        .put("object", finding.object())
                        .put("message", finding.message());
                return;
            }
            try {
                console().line(kind + ": " + finding.message());
            } catch (BackupException e) {
                failure = e;
            }
        }

        @Override
        public synchronized void planned(long bytes) {
            if (progress == null) {
                progress = new Progress(console(), "proving packs", bytes);
            }
        }

        @Override
        public synchronized void proved(long bytes) {
            if (progress != null) {
                progress.advance(bytes);
            }
        }

        synchronized void end() {
            if (progress != null) {
                progress.close();
                progress = null;
            }
        }
    }

    private void say(VerifyReport report, Told told, String place) throws BackupException {
        if (told.failure != null) {
            throw told.failure;
        }
        if (console().json()) {
            var node = JsonNodeFactory.instance
                    .objectNode()
                    .put("location", place)
                    .put("whole", report.isWhole())
                    .put("errors", report.errors())
                    .put("artifacts", report.artifacts())
                    .put("ledgerEntries", report.ledgerEntries())
                    .put("packs", report.packs())
                    .put("packBytes", report.packBytes())
                    .put("packsProved", report.packsProved())
                    .put("bytesProved", report.bytesProved());
            node.set("findings", told.findings);
            console().json(node);
            return;
        }
        console()
                .line((report.isWhole() ? "whole: " : "NOT WHOLE: " + report.errors() + " errors in ") + place + ": "
                        + report.artifacts() + " artifacts, " + report.ledgerEntries() + " ledger entries, "
                        + report.packs() + " packs of " + Sizes.text(report.packBytes()) + ", " + report.packsProved()
                        + " proved byte by byte");
    }
}
