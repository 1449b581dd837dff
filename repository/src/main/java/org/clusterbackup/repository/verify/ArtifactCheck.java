package org.clusterbackup.repository.verify;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.Offsite;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.artifact.ReaderOptions;
import org.clusterbackup.repository.crypto.Envelope;
import org.jspecify.annotations.Nullable;

/** Verifies artifacts, one after the other: everything of them but the bytes of their packs. */
final class ArtifactCheck {
    private final Repository repository;
    private final Inventory inventory;
    private final LedgerCheck ledger;
    private final Findings findings;
    private final VerifyOptions options;
    private final @Nullable Envelope envelope;
    private final Manifests manifests;
    private final PackSet referenced = new PackSet();
    private final PackSet offsite = new PackSet();
    private final Set<String> told = new HashSet<>();
    private int whole;
    private boolean noKey;

    ArtifactCheck(
            Repository repository,
            Inventory inventory,
            LedgerCheck ledger,
            Findings findings,
            VerifyOptions options,
            @Nullable Envelope envelope) {
        this.repository = repository;
        this.inventory = inventory;
        this.ledger = ledger;
        this.findings = findings;
        this.options = options;
        this.envelope = envelope;
        this.manifests =
                new Manifests(repository.store(), repository.description().repository(), repository.signers());
    }

    void run() throws BackupException {
        readOffsite();
        for (var artifact : inventory.artifacts().entrySet()) {
            var ref = artifact.getKey();
            if (ledger.deleted().contains(ref)) {
                findings.note(ref.folder(), ref.folder() + " was entered for deletion and is still there in part");
            } else if (artifact.getValue().contains(ArtifactRef.MANIFEST)) {
                committed(ref, artifact.getValue());
            } else if (!ledger.named().containsKey(ref)) {
                for (var file : artifact.getValue()) {
                    findings.note(ref.object(file), ref.object(file) + " is unfinished: no manifest commits it");
                }
            }
        }
        for (var ref : ledger.named().keySet()) {
            if (!inventory.artifacts().getOrDefault(ref, Set.of()).contains(ArtifactRef.MANIFEST)) {
                findings.damaged(
                        ref.object(ArtifactRef.MANIFEST), "is missing: a recovery point of the ledger names it");
            }
        }
        inventory.packs().forEach((name, size) -> {
            if (!referenced.contains(name)) {
                findings.note(PackSet.path(name), PackSet.path(name) + " is unreferenced");
            }
        });
    }

    private void committed(ArtifactRef ref, Set<String> files) throws BackupException {
        var name = ref.object(ArtifactRef.MANIFEST);
        Manifest manifest;
        try {
            var verified = manifests.read(ref);
            manifest = verified.manifest();
            var named = Optional.ofNullable(ledger.named().get(ref));
            if (named.isPresent() && !named.get().equals(verified.sha256())) {
                findings.damaged(name, "is not the manifest that the ledger names");
            }
        } catch (BackupException e) {
            findings.failed(name, e);
            for (var list : List.of(ArtifactRef.CONTENTS, ArtifactRef.PACKS, ArtifactRef.INDEX)) {
                if (files.contains(list)) {
                    findings.damaged(
                            ref.object(list), "cannot be proved: the manifest beside it is not to be believed");
                }
            }
            return;
        }
        if (manifest.encryption() != repository.description().encryption()) {
            findings.damaged(name, "and repository.json disagree on encryption");
        }
        var good = digests(manifest, files);
        good &= packs(manifest);
        good &= contents(manifest);
        whole += good ? 1 : 0;
    }

    private boolean digests(Manifest manifest, Set<String> files) throws BackupException {
        var contents = manifest.ref().object(ArtifactRef.CONTENTS);
        var good = digest(contents, manifest.contentsSha256());
        if (files.contains(ArtifactRef.INDEX)) {
            var index = manifest.ref().object(ArtifactRef.INDEX);
            if (manifest.indexSha256().isEmpty()) {
                findings.damaged(index, "does not belong there: the manifest knows of none");
                good = false;
            } else {
                good &= digest(index, manifest.indexSha256().get());
            }
        }
        return good;
    }

    private boolean digest(String object, Sha256 wanted) throws BackupException {
        var there = repository.store().digests(List.of(object)).getFirst();
        if (there.isEmpty()) {
            findings.damaged(object, "is missing");
            return false;
        }
        if (!there.get().equals(wanted)) {
            findings.damaged(object, "has not the digest that was signed");
            return false;
        }
        return true;
    }

    private boolean packs(Manifest manifest) throws BackupException {
        PackList list;
        try {
            list = PackList.read(repository.store(), manifest);
        } catch (BackupException e) {
            findings.failed(manifest.ref().object(ArtifactRef.PACKS), e);
            return false;
        }
        var away = 0;
        var good = true;
        for (var line = 1; line <= list.count(); line++) {
            var name = list.name(line).hex();
            referenced.add(name, list.size(line), manifest.started());
            var size = inventory.packs().size(name);
            if (size == PackSet.ABSENT && offsite.contains(name)) {
                away++;
            } else if (size != list.size(line)) {
                good = false;
                // A pack that many artifacts need is told once.
                if (told.add(name)) {
                    var path = PackSet.path(name);
                    findings.damaged(
                            path,
                            size == PackSet.ABSENT
                                    ? "is missing: " + manifest.ref() + " needs it"
                                    : "has " + size + " bytes, " + manifest.ref() + " needs " + list.size(line));
                }
            }
        }
        if (away > 0) {
            findings.note(
                    Offsite.list(manifest.ref()),
                    away + " of " + list.count() + " packs of " + manifest.ref()
                            + " are off-site: they left staging when every target had them");
        }
        return good;
    }

    /** What staging lacks on purpose, because every target has it; of any artifact, since one takes packs from another. */
    private void readOffsite() throws BackupException {
        for (var ref : inventory.offsite()) {
            var list = Offsite.list(ref);
            try {
                Offsite.read(repository.store(), list, (name, stored) -> offsite.add(name, 0, stored));
            } catch (BackupException e) {
                // One that has gone since was replaced by those of newer artifacts.
                if (e.kind() != Kind.NOT_FOUND) {
                    findings.failed(list, e);
                }
            }
        }
    }

    private boolean contents(Manifest manifest) throws BackupException {
        if (envelope == null || noKey) {
            return true;
        }
        var name = manifest.ref().object(ArtifactRef.CONTENTS);
        try (var reader = ArtifactReader.open(
                repository.store(),
                repository.description().repository(),
                repository.signers(),
                envelope,
                manifest.ref(),
                ReaderOptions.defaults(options.spool()))) {
            return reader.contents().length() == manifest.streamBytes();
        } catch (BackupException e) {
            noKey = e.kind() == Kind.NO_KEY;
            findings.failed(name, e);
            return false;
        }
    }

    /** Artifacts of which everything but the bytes of their packs is good. */
    int whole() {
        return whole;
    }
}
