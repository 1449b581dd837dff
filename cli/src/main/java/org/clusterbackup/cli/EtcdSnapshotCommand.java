package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.etcd.KeyRange;
import org.clusterbackup.etcd.KeysAt;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command on the keys of an etcd artifact. They are read from a member that is started for it alone. */
abstract class EtcdSnapshotCommand extends RepositoryCommand {
    @Parameters(
            index = "0",
            paramLabel = "ARTIFACT",
            description = "An id, its beginning, SOURCE@ID, SOURCE@latest or SOURCE@oldest.")
    private String artifact = "";

    @Option(names = "--base64", description = "Keys and prefixes of this command line are base64, as in the JSON form.")
    private boolean base64;

    @Option(names = "--tools", paramLabel = "DIR", description = "Where etcd and etcdutl are, if not in PATH.")
    private @Nullable Path tools;

    /** Which keys; asked before anything is read. */
    abstract KeyRange range() throws BackupException;

    /** What else can be found wrong before anything is read. */
    void check() throws BackupException, IOException {}

    /** There is a key at least. */
    abstract void run(KeysAt keys) throws BackupException, IOException;

    @Override
    final void run(Repository repository) throws BackupException, IOException, InterruptedException {
        var range = range();
        check();
        var ref = ArtifactName.resolve(repository, artifact);
        try (var reader = reader(repository, ref)) {
            KindCheck.require(reader.manifest(), Set.of(ArtifactKind.ETCD));
            withKeys(reader, Optional.ofNullable(tools), range, keys -> {
                if (keys.count() == 0) {
                    throw new BackupException(Kind.NOT_FOUND, "no such key in " + ref)
                            .withHint("'clusterbackup etcd keys " + ref + "' lists all");
                }
                run(keys);
            });
        }
    }

    /** What an argument means. */
    final byte[] bytes(String argument) throws BackupException {
        if (base64) {
            try {
                return Base64.getDecoder().decode(argument);
            } catch (IllegalArgumentException e) {
                throw usage("'" + argument + "' is not base64");
            }
        }
        // What Java makes of an argument that the locale has no characters for.
        if (argument.indexOf('\ufffd') >= 0) {
            throw usage("the key cannot be read as it was typed")
                    .withHint("give it with --base64, or set LC_ALL=C.UTF-8");
        }
        return argument.getBytes(StandardCharsets.UTF_8);
    }
}
