package org.clusterbackup.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.kit.Kit;
import org.clusterbackup.repository.kit.Kits;
import org.clusterbackup.repository.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a rescue kit from a target. */
@Command(
        name = "get",
        description = {
            "Take the newest rescue kit of a target, each file proved by its signed digest.",
            "No file has its name before it is proved. Without a folder print what the kit holds. Without this",
            "program RESTORE.md at the target says how."
        },
        footerHeading = "%nExample:%n",
        footer = "  clusterbackup kit get -r sftp://backup@office.example/srv/backup rescue")
final class KitGetCommand extends RepositoryCommand {
    private static final int BUFFER = 1 << 16;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "The folder to put it into, made if need be.")
    private @Nullable Path folder;

    @Option(names = "--dry-run", description = "Print what it holds; fetch nothing.")
    private boolean dryRun;

    @Override
    void run(Repository repository) throws BackupException {
        var where = repository.store().location();
        var kit = new Kits(repository)
                .newest(e -> console().warn(e.kind(), e.getMessage() + "; an older kit is looked for"))
                .orElseThrow(() -> new BackupException(Kind.NOT_FOUND, "there is no rescue kit at " + where)
                        .withHint("'clusterbackup kit put' puts one there"));
        if (folder != null && !dryRun) {
            try {
                Files.createDirectories(folder);
                for (var file : kit.files().entrySet()) {
                    get(repository.store(), kit, file, folder);
                }
            } catch (IOException e) {
                throw new BackupException(
                        Kind.TARGET_UNFIT, "cannot write into " + folder + ": " + FileReason.of(e), e);
            }
        }
        KitTable.of(kit).print(console());
    }

    private static void get(ObjectStore store, Kit kit, Map.Entry<String, Sha256> file, Path folder)
            throws BackupException, IOException {
        var to = folder.resolve(file.getKey());
        if (Files.exists(to)) {
            requireSame(to, file.getValue());
            return;
        }
        var object = Kit.object(kit.id(), file.getKey());
        var part = Files.createTempFile(folder, ".kit-", ".part");
        try {
            try (var in = new DigestInputStream(store.open(object), Sha256.newDigest())) {
                copy(store, object, in, part);
                if (!Sha256.of(in.getMessageDigest()).equals(file.getValue())) {
                    throw new BackupException(
                            Kind.DAMAGED, object + " at " + store.location() + " has not the digest that was signed");
                }
            }
            Files.move(part, to);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void copy(ObjectStore store, String object, InputStream in, Path part)
            throws BackupException, IOException {
        var buffer = new byte[BUFFER];
        try (var out = Files.newOutputStream(part)) {
            for (var n = read(store, object, in, buffer); n >= 0; n = read(store, object, in, buffer)) {
                out.write(buffer, 0, n);
            }
        }
    }

    private static int read(ObjectStore store, String object, InputStream in, byte[] buffer) throws BackupException {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw store.broken(object, e);
        }
    }

    private static void requireSame(Path there, Sha256 wanted) throws BackupException, IOException {
        try (var in = Files.newInputStream(there)) {
            if (!Sha256.of(in).equals(wanted)) {
                throw new BackupException(Kind.TARGET_UNFIT, "there is another " + there + " already");
            }
        }
    }
}
