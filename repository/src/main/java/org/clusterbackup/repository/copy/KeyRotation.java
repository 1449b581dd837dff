package org.clusterbackup.repository.copy;

import java.util.List;
import java.util.function.UnaryOperator;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.KeyChange;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerChain;

/**
 * Makes one copy of a repository say which keys count from now on: its {@code repository.json} names the recipients and is
 * signed by the operator's key, and a target's ledger has the change. What is stored stays as it is. Killed at any step, the
 * same again does the rest; where all is said already it changes nothing.
 *
 * @param recipients not asked where nothing is encrypted
 * @param owner who holds a target's lock, for those who wait
 */
public record KeyRotation(Repository repository, List<String> recipients, SigningKey operator, String owner) {
    public KeyRotation {
        recipients = repository.description().encryption() == Encryption.NONE
                ? List.of()
                : recipients.stream().distinct().toList();
    }

    /** Whether {@link #run} would change anything. */
    public boolean isDue() throws BackupException {
        if (!repository.says(recipients, operator)) {
            return true;
        }
        if (!repository.description().isTarget()) {
            return false;
        }
        var chain = new Ledger(repository).read();
        chain.requireWhole();
        return !isEntered(repository, chain);
    }

    /**
     * @return the copy as it is then
     * @throws BackupException {@code SIGNATURE} if the signers do not believe the operator's key, or what is there; {@code BUSY};
     *     {@code DAMAGED} if the ledger is not whole
     */
    public Repository run() throws BackupException {
        if (repository.description().isTarget()) {
            var writer =
                    new LedgerWriter(repository, new Ledger(repository), operator, owner, UnaryOperator.identity());
            writer.requireMaySign();
            writer.enter(chain -> {
                var now = replaced();
                return isEntered(now, chain)
                        ? List.of()
                        : List.of(new KeyChange(
                                now.descriptionSha256(), now.description().revision()));
            });
        } else {
            replaced();
        }
        return Repository.open(repository.store(), repository.signers());
    }

    private Repository replaced() throws BackupException {
        return repository.says(recipients, operator)
                ? Repository.open(repository.store(), repository.signers())
                : repository.replaced(recipients, operator);
    }

    /** The first revision is that of {@code init}, which no ledger has. */
    private static boolean isEntered(Repository now, LedgerChain chain) throws BackupException {
        var digest = now.descriptionSha256();
        return now.description().revision() == 1
                || chain.bodies(KeyChange.class)
                        .anyMatch(change -> change.repositoryJsonSha256().equals(digest));
    }
}
