package org.clusterbackup.cli;

import java.io.IOException;
import org.clusterbackup.cli.etcd.KeyJson;
import org.clusterbackup.cli.text.ByteText;
import org.clusterbackup.etcd.KeyRange;
import org.clusterbackup.etcd.KeysAt;
import org.clusterbackup.repository.BackupException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists keys. */
@Command(
        name = "keys",
        description = {
            "List the keys of an artifact, a line each: the revision of the last change, a blank, the key.",
            "Bytes that are no readable text are written as \\xHH, and a backslash as \\\\."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup etcd keys etcd/main@latest --prefix /registry/secrets/",
            "  clusterbackup etcd keys etcd/main@latest --output json",
            "",
            "JSON is as of 'etcdctl get --keys-only -w json': keys are base64, so exact for any bytes."
        })
final class EtcdKeysCommand extends EtcdSnapshotCommand {
    @Option(names = "--prefix", paramLabel = "PREFIX", description = "Only keys that begin so.")
    private String prefix = "";

    @Override
    KeyRange range() throws BackupException {
        return KeyRange.prefix(bytes(prefix));
    }

    @Override
    void run(KeysAt keys) throws BackupException, IOException {
        if (console().json()) {
            KeyJson.document(console().stdout(), keys.revision(), keys::eachWithoutValue);
            return;
        }
        keys.eachWithoutValue(key -> console()
                .line(key.getModRevision() + " " + ByteText.of(key.getKey().toByteArray())));
    }
}
