package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.copy.KeyRotation;
import org.clusterbackup.repository.crypto.Encryption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a copy of a repository say which keys count from now on. */
@Command(
        name = "apply",
        description = {
            "Make staging or a target name the recipients and the operator's key of the keys at hand.",
            "After these were replaced, for each of them. Its repository.json names the recipients of the keys at",
            "hand, and the operator's key signs it anew; a target's ledger has the change. What is stored stays",
            "sealed and signed as it is. Run again it changes nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup keys apply -r /srv/staging --keys keys --dry-run",
            "  clusterbackup keys apply -r sftp://backup@office.example/srv/backup --keys keys",
            "",
            "The list of signers must believe the old operator's key and the new one meanwhile."
        })
final class KeysApplyCommand extends RepositoryCommand {
    private static final String OWNER = "clusterbackup keys apply";

    @Option(names = "--dry-run", description = "Say whether anything would change; change nothing.")
    private boolean dryRun;

    @Override
    void run(Repository repository) throws BackupException {
        var encrypted = repository.description().encryption() == Encryption.AGE;
        var rotation = new KeyRotation(
                repository,
                encrypted ? keys().recipients(environment()).values() : List.of(),
                keys().operatorKey(environment()),
                OWNER);
        var due = rotation.isDue();
        say(due && !dryRun ? rotation.run() : repository, due);
    }

    private void say(Repository now, boolean due) throws BackupException {
        var description = now.description();
        if (console().json()) {
            var document = JsonNodeFactory.instance
                    .objectNode()
                    .put("location", now.store().location())
                    .put("revision", description.revision())
                    .put("changed", due)
                    .put("dryRun", dryRun);
            var recipients = document.putArray("recipients");
            description.recipients().forEach(recipients::add);
            console().json(document);
            return;
        }
        var what = !due ? "says so already" : dryRun ? "would change" : "was changed";
        console().line(now.store().location() + " " + what + ": revision " + description.revision());
        description.recipients().forEach(recipient -> console().remark("sealed to " + recipient));
    }
}
