package org.clusterbackup.cli;

import java.io.IOException;
import org.clusterbackup.cli.etcd.KeyJson;
import org.clusterbackup.etcd.KeyRange;
import org.clusterbackup.etcd.KeysAt;
import org.clusterbackup.repository.BackupException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints keys and their values. */
@Command(
        name = "get",
        description = {
            "Print keys with their values exactly as they were, as 'etcdctl get' does.",
            "Each is followed by a line break. Values of Secrets are printed, too, as the store has them."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup etcd get etcd/main@latest --prefix /registry/configmaps/shop/",
            "  clusterbackup etcd get etcd/main@latest /registry/configmaps/shop/web --print-value-only >web",
            "  clusterbackup etcd get etcd/main@latest L2JpbmFyeS8A/w== --base64 --output json",
            "",
            "JSON is as of 'etcdctl get -w json': keys and values are base64, so exact for any bytes."
        })
final class EtcdGetCommand extends EtcdSnapshotCommand {
    @Parameters(index = "1", arity = "0..1", paramLabel = "KEY", description = "One key.")
    private @Nullable String key;

    @Option(names = "--prefix", paramLabel = "PREFIX", description = "All keys that begin so; '' for all.")
    private @Nullable String prefix;

    @Option(names = "--print-value-only", description = "The value of KEY and not one byte more, no line break either.")
    private boolean valueOnly;

    @Override
    KeyRange range() throws BackupException {
        if (key != null && prefix == null) {
            if (key.isEmpty()) {
                throw usage("no key is empty").withHint("all keys: --prefix ''");
            }
            return KeyRange.of(bytes(key));
        }
        if (prefix == null || key != null) {
            throw usage("which keys? give a KEY or --prefix");
        }
        return KeyRange.prefix(bytes(prefix));
    }

    @Override
    void check() throws BackupException {
        if (valueOnly && (key == null || console().json())) {
            throw usage("--print-value-only goes with one KEY, and not with JSON")
                    .withHint("values of many keys would run into each other: take --output json");
        }
    }

    @Override
    void run(KeysAt keys) throws BackupException, IOException {
        var out = console().stdout();
        if (console().json()) {
            KeyJson.document(out, keys.revision(), keys::each);
        } else if (valueOnly) {
            keys.each(one -> one.getValue().writeTo(out));
        } else {
            keys.each(one -> {
                one.getKey().writeTo(out);
                out.write('\n');
                one.getValue().writeTo(out);
                out.write('\n');
            });
        }
    }
}
