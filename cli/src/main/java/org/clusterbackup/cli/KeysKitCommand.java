package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.ledger.Ledger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints what to put on paper. */
@Command(
        name = "kit",
        description = {
            "Print what to put on paper: the identity, whom to trust, where the backup is.",
            "And the head of its ledger, which shows a roll-back. Whoever has the paper can read every backup."
        },
        footerHeading = "%nExample:%n",
        footer = "  clusterbackup keys kit -r sftp://backup@office.example/srv/backup --keys keys | lp")
final class KeysKitCommand extends RepositoryCommand {
    @Option(names = "--without-identity", description = "Leave the secret out.")
    private boolean withoutIdentity;

    @Override
    void run(Repository repository) throws BackupException, IOException {
        if (console().json()) {
            throw usage("a paper has no JSON form");
        }
        var description = repository.description();
        line("CLUSTER-BACKUP: HOW TO GET EVERYTHING BACK");
        line("");
        line("The backup lies at    " + repository.store().location());
        line("Repository id         " + description.repository());
        if (description.isTarget()) {
            for (var head : new Ledger(repository).read().heads()) {
                line("Ledger's newest entry " + head);
            }
        }
        line("");
        if (!withoutIdentity) {
            line("The age identity, one line of a file. Whoever has it reads every backup:");
            for (var secret : lines("AGE-SECRET-KEY-1")) {
                line("  " + secret);
            }
            line("");
        }
        line("The list of signers, allowed_signers:");
        for (var signer : signers()) {
            line("  " + signer);
        }
        line("");
        line("With the program:     clusterbackup list -r URL --identity FILE --allowed-signers FILE");
        line(
                "Without it:           RESTORE.md and restore.sh lie beside the backup; they need age, zstd and ssh-keygen.");
        line("To notice a roll-back: clusterbackup verify --expect-head with the ledger's entry above.");
    }

    private void line(String text) throws BackupException {
        console().line(text);
    }

    private List<String> lines(String prefix) throws BackupException, IOException {
        var file = keys().identityFile(environment());
        var found = Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(prefix))
                .toList();
        if (found.isEmpty()) {
            throw new BackupException(Kind.NO_KEY, file + " holds no identity");
        }
        return found;
    }

    private List<String> signers() throws BackupException, IOException {
        return Files.readAllLines(keys().allowedSignersFile(environment())).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }
}
