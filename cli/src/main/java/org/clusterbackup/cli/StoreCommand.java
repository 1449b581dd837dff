package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.clusterbackup.cli.place.ScratchFolder;
import org.clusterbackup.cli.tar.TreeSource;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactRequest;
import org.clusterbackup.repository.artifact.ArtifactWriters;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.PlainSource;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.artifact.WriteListener;
import org.clusterbackup.repository.artifact.WriterOptions;
import org.clusterbackup.repository.copy.DirectCommit;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.StoreOptions;
import org.clusterbackup.repository.store.Stores;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores one stream or tree as one artifact. */
@Command(
        name = "store",
        description = {
            "Store a stream or a tree of files as one signed artifact.",
            "Its id is printed when it is committed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup store --source provisioner/site-a /srv/provisioner/saved /srv/provisioner/sensitive",
            "  pg_dump shop | clusterbackup store --source database/shop --stdin",
            "",
            "The end of stdin is taken for its whole: a producer that dies looks the same. Prefer paths."
        })
final class StoreCommand extends RepositoryCommand {
    /** So long nobody sweeps from staging what it has stored already. */
    private static final Duration PROTECTION = Duration.ofDays(7);

    /** Exactly one of the two. */
    static final class What {
        @Option(names = "--stdin", required = true, description = "The stream to store is standard input.")
        boolean stdin;

        @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files and folders, as one tar.")
        List<Path> paths = List.of();
    }

    @Option(names = "--source", required = true, paramLabel = "NAME", description = "What it is a backup of.")
    private String source = "";

    @ArgGroup(multiplicity = "1")
    private What what = new What();

    @Option(
            names = "--index-dir",
            paramLabel = "DIR",
            description = "At a target: a local directory for what deduplication needs, to be kept for the next time.")
    private @Nullable Path indexDirectory;

    @Option(names = "--node", paramLabel = "NAME", description = "The stable name of the node it was made on.")
    private @Nullable String node;

    @Option(names = "--dry-run", description = "Check keys, source and repository; read and store nothing.")
    private boolean dryRun;

    @Override
    void run(Repository repository) throws BackupException, IOException {
        var name = sourceName();
        var signer = signer(repository, name);
        TreeSource.requireThere(what.paths);
        compareWithSources(repository, name);
        if (dryRun) {
            console().remark("would store " + name + " at " + repository.store().location());
            return;
        }
        if (repository.description().isTarget() && indexDirectory == null) {
            try (var temporary = ScratchFolder.below(Files.createDirectories(spool()), "index-");
                    var indexes = Stores.open(temporary.path().toString(), StoreOptions.defaults())) {
                store(repository, indexes, name, signer);
            }
        } else if (repository.description().isTarget() && indexDirectory != null) {
            Files.createDirectories(indexDirectory);
            try (var indexes = Stores.open(indexDirectory.toString(), StoreOptions.defaults())) {
                store(repository, indexes, name, signer);
            }
        } else {
            store(repository, repository.store(), name, signer);
        }
    }

    private SourceName sourceName() throws BackupException {
        try {
            return new SourceName(source);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    /** Before a byte is read: a signature that nobody accepts would make an artifact that nobody can restore. */
    private SigningKey signer(Repository repository, SourceName name) throws BackupException {
        var role = name.value().startsWith("provisioner/") ? "provisioner" : "operator";
        var signer = keys().signingKey(environment(), role);
        var probe = new byte[] {1};
        repository.signers().verify(name.value(), probe, signer.sign(probe));
        return signer;
    }

    /** A name below or above another source's would mix their folders; one that is new may be a slip. */
    private void compareWithSources(Repository repository, SourceName name) throws BackupException {
        var sources = new TreeSet<String>();
        for (var other : new Artifacts(repository.store()).list()) {
            if (other.source().overlaps(name)) {
                throw usage("source " + name + " overlaps with the source " + other.source() + " that is there");
            }
            sources.add(other.source().value());
        }
        if (!sources.contains(name.value())) {
            var like = Likeness.closest(name.value(), sources);
            console()
                    .remark("new source " + name
                            + like.map(known -> "; hint: there is " + known).orElse(""));
        }
    }

    private void store(Repository repository, ObjectStore indexes, SourceName name, SigningKey signer)
            throws BackupException {
        var description = repository.description();
        var writers = new ArtifactWriters(
                repository.store(),
                indexes,
                description.repository(),
                sealing(description.encryption()),
                signer,
                repository.signers(),
                keys().chunkingKey(environment()),
                WriterOptions.of(description, spool()));
        var until = Instant.now().plus(PROTECTION);
        var request = new ArtifactRequest(name, Optional.empty(), until, List.of(), 0);
        try (var progress = new Progress(console(), "storing " + name, 0);
                var from = from();
                var writer = writers.begin(request, listener(progress))) {
            writer.write(from);
            if (!description.isTarget() && Instant.now().isAfter(until)) {
                throw new BackupException(
                        Kind.FAILED,
                        "storing " + name + " took more than " + PROTECTION.toDays()
                                + " days: staging may have swept what was stored first");
            }
            say(
                    description.isTarget()
                            ? DirectCommit.commit(repository, writer, origin(from), "clusterbackup store")
                            : writer.commit(origin(from)));
        }
    }

    private Envelope sealing(Encryption encryption) throws BackupException {
        return switch (encryption) {
            case NONE -> Envelope.unsealed();
            case AGE -> Envelope.to(keys().recipients(environment()));
        };
    }

    private PlainSource from() throws BackupException {
        return what.stdin ? PlainSource.unproved(System.in) : TreeSource.of(what.paths);
    }

    private static WriteListener listener(Progress progress) {
        return new WriteListener() {
            @Override
            public void read(long bytes) {
                progress.advance(bytes);
            }
        };
    }

    private Origin origin(PlainSource from) {
        var host = Optional.ofNullable(node);
        if (from instanceof TreeSource tree) {
            tree.warnings().forEach(warning -> console().warn(Kind.WARNINGS, warning));
            return new Origin(
                    ArtifactKind.TREE, host, new Tool("tar", tree.version()), tree.warnings(), JsonLayout.object());
        }
        return new Origin(ArtifactKind.STREAM, host, new Tool("stdin", ""), List.of(), JsonLayout.object());
    }

    private void say(Manifest manifest) throws BackupException {
        if (console().json()) {
            console()
                    .json(JsonNodeFactory.instance
                            .objectNode()
                            .put("source", manifest.ref().source().value())
                            .put("artifact", manifest.ref().artifact().value())
                            .put("streamBytes", manifest.streamBytes())
                            .put("storedBytes", manifest.storedBytes())
                            .put("newBytes", manifest.newBytes()));
            return;
        }
        console().line(manifest.ref().artifact().value());
        console()
                .remark(Sizes.text(manifest.streamBytes()) + " read, " + Sizes.text(manifest.newBytes()) + " new, "
                        + Sizes.text(manifest.storedBytes()) + " needed");
    }
}
