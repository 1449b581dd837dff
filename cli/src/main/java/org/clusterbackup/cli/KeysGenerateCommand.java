package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.crypto.KeysDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a keys directory. */
@Command(
        name = "generate",
        description = "Make a directory with a new identity, signing keys, list of signers and chunking key.",
        footerHeading = "%nExample:%n",
        footer = {
            "  clusterbackup keys generate keys --target office --target cloud",
            "",
            "Keep identity.txt off-line: it alone opens every backup, and the cluster never needs it."
        })
final class KeysGenerateCommand extends BackupCommand {
    @Parameters(paramLabel = "DIR", description = "A directory that does not exist, or is empty.")
    Path directory = Path.of(".");

    @Option(
            names = "--target",
            paramLabel = "NAME",
            split = ",",
            arity = "1..*",
            description = "An off-site target: its shipper gets a signing key.")
    List<String> targets = List.of();

    @Override
    void run() throws BackupException {
        var keys = KeysDirectory.generate(directory, targets);
        if (console().json()) {
            console()
                    .json(JsonNodeFactory.instance
                            .objectNode()
                            .put("keys", keys.root().toString()));
            return;
        }
        console().line(keys.root().toString());
        console().remark("keep " + keys.identity() + " off-line: it opens every backup, and nothing else does");
    }
}
