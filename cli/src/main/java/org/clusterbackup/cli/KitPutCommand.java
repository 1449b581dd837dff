package org.clusterbackup.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.clusterbackup.cli.kit.Rendered;
import org.clusterbackup.cli.kit.SecretSearch;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.kit.Kit;
import org.clusterbackup.repository.kit.Kits;
import org.clusterbackup.repository.store.Body;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts a rescue kit at a target. */
@Command(
        name = "put",
        description = {
            "Put files at a target that somebody needs beside its backups.",
            "The program with its Java runtime, rendered manifests, notes. They lie there open, with a list of their",
            "digests that the operator signs, and take the place of the kit before. What looks like an age identity,",
            "a private key or a Kubernetes Secret with data is refused. A kit that is there already is left alone."
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  kubectl kustomize deploy/overlays/production | clusterbackup kit put -r sftp://backup@office.example/srv/backup"
                    + " --manifests - target/clusterbackup-0.1.0-linux-x86_64.tar.gz"
        })
final class KitPutCommand extends RepositoryCommand {
    private static final String MANIFESTS = "manifests.yaml";

    @Parameters(arity = "0..*", paramLabel = "FILE", description = "What goes there under its own name.")
    private List<Path> files = List.of();

    @Option(
            names = "--manifests",
            paramLabel = "FILE",
            description = "What 'kubectl kustomize' printed, or - for stdin: it goes there as " + MANIFESTS
                    + ", without Secrets, of which only the names are kept.")
    private @Nullable String manifests;

    @Option(names = "--dry-run", description = "Check everything; write nothing.")
    private boolean dryRun;

    @Override
    void run(Repository repository) throws BackupException {
        var kits = new Kits(repository);
        var bodies = bodies();
        var key = keys().operatorKey(environment());
        kits.requireMaySign(key);
        var digests = new TreeMap<String, Sha256>();
        bodies.forEach((name, body) -> digests.put(name, body.sha256()));
        var newest = kits.newest(e -> console().warn(e.kind(), e.getMessage() + "; it is no kit"));
        if (newest.filter(kit -> kit.files().equals(digests)).isPresent()) {
            console().remark("this kit is there already");
            print(newest.get());
            return;
        }
        if (dryRun) {
            console().remark("would put " + String.join(", ", bodies.keySet()) + " there");
            return;
        }
        var kit = kits.put(bodies, Instant.now(), key);
        removeBefore(kits, kit.id());
        print(kit);
    }

    private SortedMap<String, Body> bodies() throws BackupException {
        var bodies = new TreeMap<String, Body>();
        if (manifests != null) {
            var rendered = Rendered.of(text(manifests));
            rendered.leftOut().forEach(secret -> console().remark("left out: " + secret));
            var bytes = rendered.text().getBytes(StandardCharsets.UTF_8);
            var body = Body.of(bytes);
            requireNoSecret(MANIFESTS, body);
            bodies.put(MANIFESTS, body);
        }
        for (var file : files) {
            var name = String.valueOf(file.getFileName());
            if (!Kit.isName(name)) {
                throw usage("no file of a kit may have that name: " + file)
                        .withHint("letters, digits and . _ - after the first, 120 at most");
            }
            var body = body(file);
            requireNoSecret(file.toString(), body);
            if (bodies.put(name, body) != null) {
                throw usage("two files of one name: " + name);
            }
        }
        if (bodies.isEmpty()) {
            throw usage("what is to be put there?").withHint("name files, or --manifests FILE");
        }
        return bodies;
    }

    private static Body body(Path file) throws BackupException {
        try {
            if (!Files.isRegularFile(file)) {
                throw usage("no such file: " + file);
            }
            return Body.of(file);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    private static String text(String file) throws BackupException {
        try (var in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
            return text(file, in);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static String text(String file, InputStream in) throws BackupException, IOException {
        var bytes = in.readNBytes(Rendered.MAX_BYTES + 1);
        if (bytes.length > Rendered.MAX_BYTES) {
            throw usage(file + " is longer than 64 MiB");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static BackupException unreadable(String file, IOException e) {
        return new BackupException(Kind.USAGE, "cannot read " + file + ": " + FileReason.of(e), e);
    }

    private static void requireNoSecret(String name, Body body) throws BackupException {
        try (var in = body.open()) {
            var found = SecretSearch.in(in);
            if (found.isPresent()) {
                throw usage(name + " holds what looks like " + found.get() + ": a kit lies open at the target")
                        .withHint("leave it out; Secrets of manifests are left out by --manifests");
            }
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private void removeBefore(Kits kits, ArtifactId kept) throws BackupException {
        try {
            kits.removeBefore(kept, Instant.now()).forEach(id -> console().remark("removed the older kit " + id));
        } catch (BackupException e) {
            if (e.kind() != Kind.NOT_PERMITTED && e.kind() != Kind.RETAINED) {
                throw e;
            }
            console().remark("older kits stay: " + e.getMessage());
        }
    }

    private void print(Kit kit) throws BackupException {
        KitTable.of(kit).print(console());
    }
}
