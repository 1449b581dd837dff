package org.clusterbackup.repository.verify;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryDescription;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.drill.DrillReports;
import org.clusterbackup.repository.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * Verifies one copy of a repository as {@code docs/architecture.md} promises ("What it promises", 7): one flipped, missing, swapped,
 * truncated or added byte anywhere is reported by the name of its object. What is there whole but unneeded, and what a
 * kill left, is said and no error.
 */
public final class Verifier {
    private static final Pattern CONDEMNED = Pattern.compile("(?:[0-9a-f]{64}\n)*");

    private final Repository repository;
    private final VerifyOptions options;
    private final Findings findings;

    private Verifier(Repository repository, VerifyOptions options, Findings findings) {
        this.repository = repository;
        this.options = options;
        this.findings = findings;
    }

    /**
     * Looks at everything; what is wrong goes to {@code listener} and never ends it early, unless the repository itself
     * cannot be believed.
     *
     * @param signers the operator's, from outside of the repository
     * @throws BackupException only what says nothing about the repository, such as {@code UNREACHABLE}
     */
    public static VerifyReport verify(
            ObjectStore store, AllowedSigners signers, VerifyOptions options, VerifyListener listener)
            throws BackupException {
        var findings = new Findings(listener);
        Repository repository;
        try {
            repository = Repository.open(store, signers);
        } catch (BackupException e) {
            findings.failed(RepositoryDescription.NAME, e);
            return new VerifyReport(findings.kinds(), findings.errors(), 0, 0, 0, 0, 0, 0, 0);
        }
        return new Verifier(repository, options, findings).run();
    }

    private VerifyReport run() throws BackupException {
        var inventory = Inventory.of(repository);
        if (!repository.description().isTarget() && !options.expectHeads().isEmpty()) {
            // Staging has no ledger: whoever puts its signed description at a target would hide the ledger with it.
            findings.failed(
                    RepositoryDescription.NAME,
                    new BackupException(
                            Kind.DAMAGED,
                            RepositoryDescription.NAME
                                    + " says that this is staging, and a ledger's head was expected here"));
        }
        var ledger = repository.description().isTarget()
                ? LedgerCheck.of(repository, options.expectHeads(), findings)
                : LedgerCheck.none();
        topLevel(inventory);
        workFiles(inventory);
        var envelope = envelope();
        var artifacts = new ArtifactCheck(repository, inventory, ledger, findings, options, envelope);
        artifacts.run();
        // Opening costs a transfer: without a key to try, the digests alone prove the packs.
        var prover =
                new PackProver(repository.store(), findings, options.identity().isPresent() ? envelope : null);
        if (options.readData().isPresent()) {
            prover.prove(inventory.packs(), options.readData().get());
        }
        return new VerifyReport(
                findings.kinds(),
                findings.errors(),
                findings.notes(),
                artifacts.whole(),
                ledger.entries(),
                inventory.packs().count(),
                inventory.packBytes(),
                prover.packs(),
                prover.bytes());
    }

    /** What opens packs; null if nothing is to be opened. */
    private @Nullable Envelope envelope() {
        if (repository.description().encryption() == Encryption.NONE) {
            return Envelope.unsealed();
        }
        return options.identity().map(Envelope::openedBy).orElse(null);
    }

    private void topLevel(Inventory inventory) throws BackupException {
        var description = repository.description();
        digest(Repository.RESTORE_MD, description.restoreMdSha256());
        digest(Repository.RESTORE_SH, description.restoreShSha256());
        var json = SmallObject.read(repository.store(), RepositoryDescription.NAME, JsonLayout.MAX_BYTES);
        var signature = RepositoryDescription.signatureName(Sha256.of(json));
        for (var name : inventory.topLevel()) {
            if (name.endsWith(".sig") && !name.equals(signature)) {
                findings.note(name, name + " is unfinished: it signs no repository.json that is there");
            }
        }
        repository
                .store()
                .listUnfinished(upload ->
                        findings.note(upload.name(), upload.name() + " is unfinished: an upload that never ended"));
        inventory.strays().forEach(name -> findings.damaged(name, "does not belong into a repository"));
    }

    private void digest(String name, Sha256 wanted) throws BackupException {
        var there = repository.store().digests(List.of(name)).getFirst();
        if (!Optional.of(wanted).equals(there)) {
            findings.damaged(
                    name, there.isEmpty() ? "is missing" : "has not the digest that stands in repository.json");
        }
    }

    private void workFiles(Inventory inventory) throws BackupException {
        for (var name : inventory.condemned()) {
            try {
                var text = new String(
                        SmallObject.read(repository.store(), name, SmallObject.MAX_WORK_FILE_BYTES),
                        StandardCharsets.ISO_8859_1);
                if (!CONDEMNED.matcher(text).matches()) {
                    findings.damaged(name, "is no list of packs");
                }
            } catch (BackupException e) {
                // One that has gone since was swept with its packs.
                if (e.kind() != Kind.NOT_FOUND) {
                    findings.failed(name, e);
                }
            }
        }
        inventory
                .damaged()
                .forEach(
                        name -> findings.note("damaged/" + name, "a shipper found " + PackSet.path(name) + " damaged"));
        signed(inventory);
        var kits = new KitCheck(repository, options.readData(), findings);
        for (var kit : inventory.kits().entrySet()) {
            kits.check(kit.getKey(), kit.getValue());
        }
    }

    private void signed(Inventory inventory) throws BackupException {
        var names = new HashSet<>(inventory.signed());
        for (var name : inventory.signed()) {
            var file = Inventory.withoutSignature(name);
            if (!names.contains(file)) {
                findings.note(name, name + " is unfinished: what it signs is not there");
            } else if (name.equals(file)) {
                try {
                    requireBelievable(file);
                } catch (BackupException e) {
                    findings.failed(file, e);
                }
            }
        }
    }

    private void requireBelievable(String file) throws BackupException {
        if (file.startsWith("retired/")) {
            repository.readSigned(file.substring("retired/".length()), file);
        } else {
            new DrillReports(repository).read(file);
        }
    }
}
