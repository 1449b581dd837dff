package org.clusterbackup.shipper;

import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.copy.Copier;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.copy.TargetLock;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.store.ObjectStore;

/** Both ends of a shipper and what works on them, opened and checked: they are copies of one repository. */
record Ends(Repository staging, Repository target, TargetName name, Copier copier, CopyOptions options, SigningKey key)
        implements AutoCloseable {

    /**
     * @param name the target's, from the configuration
     * @throws BackupException {@code NO_REPOSITORY} if one is missing or they are not copies of each other, {@code
     *     USAGE} if the target has another name; the stores stay the caller's
     */
    static Ends open(
            ObjectStore staging,
            ObjectStore target,
            String name,
            AllowedSigners signers,
            SigningKey key,
            CopyOptions options)
            throws BackupException {
        var from = Repository.open(staging, signers);
        var to = Repository.open(target, signers);
        to.requireSameAs(from.description());
        var found = to.requireTarget();
        if (!found.value().equals(name)) {
            throw new BackupException(
                    Kind.USAGE, "the repository at " + target.location() + " is target " + found + ", not " + name);
        }
        if (from.description().isTarget()) {
            throw new BackupException(
                    Kind.USAGE, "the repository at " + staging.location() + " is a target, and staging is needed");
        }
        return new Ends(from, to, found, new Copier(from, to, options), options, key);
    }

    Ledger ledger() {
        return copier.ledger();
    }

    /** Whoever commits or enters anything at the target holds its lock. */
    TargetLock lock() throws BackupException {
        target.requireStillThere();
        return TargetLock.acquire(target.store(), options.owner());
    }

    Artifacts staged() {
        return new Artifacts(staging.store());
    }

    Artifacts shipped() {
        return new Artifacts(target.store());
    }

    Manifests stagedManifests() {
        return new Manifests(staging.store(), staging.description().repository(), staging.signers());
    }

    @Override
    public void close() {
        staging.store().close();
        target.store().close();
    }
}
