package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.cli.migrate.MappingFile;
import org.clusterbackup.cli.migrate.VolumeFiles;
import org.clusterbackup.cli.place.LiveBricks;
import org.clusterbackup.cli.place.ScratchFolder;
import org.clusterbackup.gluster.migrate.Change;
import org.clusterbackup.gluster.migrate.Leftover;
import org.clusterbackup.gluster.migrate.Leftovers;
import org.clusterbackup.gluster.migrate.Migration;
import org.clusterbackup.gluster.migrate.MigrationPlan;
import org.clusterbackup.gluster.migrate.NewNames;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Gives a Gluster server's restored state other names. */
@Command(
        name = "migrate",
        subcommands = MigrateScanCommand.class,
        description = {
            "Rewrite a restored state of glusterd for other host names, addresses and brick paths.",
            "Run it on each server, with the same mapping, before glusterd starts. UUIDs, names of volumes and the",
            "order of bricks stay. The old state is kept beside the new one; run again, it finds nothing to do. At",
            "the end it looks for old names in every file."
        },
        footerHeading = "%nThe mapping, in YAML:%n",
        footer = {
            "  hosts:                               # old name or address: new one",
            "    node1: gluster-a.example.net",
            "    10.0.0.1: 10.1.0.1",
            "  brickPaths:                          # old folder: new one",
            "    /media/brick0: /data/brick0",
            "    node1:/media/brick1: /data/brick1  # on one server only, by its old name",
            "",
            "All names change at once, so two servers can be swapped.",
            "",
            "Examples:",
            "  clusterbackup migrate --mapping new-names.yaml --dry-run",
            "  clusterbackup migrate --mapping new-names.yaml --regenerate",
            "  clusterbackup migrate scan kubernetes/main@latest --mapping new-names.yaml",
            "",
            "An old name that is left ends it with exit code 3, or 1 where glusterd acts on it."
        })
final class MigrateCommand extends BackupCommand {
    // Not required as picocli has it: it would be of 'migrate scan' as well, before that word.
    @Option(names = "--mapping", paramLabel = "FILE", description = "Old and new names, see below; required.")
    private @Nullable Path mapping;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description = "Where the server's / is, such as a restored tree (default: /).")
    private Path machine = Path.of("/");

    @Option(
            names = "--glusterd",
            paramLabel = "DIR",
            description = "Where glusterd's state is (default: var/lib/glusterd of --root).")
    private @Nullable Path glusterd;

    @Option(
            names = "--regenerate",
            description =
                    "Have glusterd make its volume files anew, which it must before it starts; it has to be in PATH.")
    private boolean regenerate;

    @Option(names = "--dry-run", description = "Show each line that would change, and what old names would be left.")
    private boolean dryRun;

    private final ObjectNode document = JsonNodeFactory.instance.objectNode();

    @Override
    void run() throws BackupException, IOException, InterruptedException {
        if (mapping == null) {
            throw usage("Missing required option: '--mapping=FILE'").withHint("see clusterbackup migrate --help");
        }
        var names = MappingFile.read(mapping);
        var migration = new Migration(state(), names);
        document.put("glusterd", migration.root().toString()).put("dryRun", dryRun);
        if (!dryRun && migration.resume()) {
            console().remark("an earlier run had been ended before its last step: done now");
        }
        if (dryRun) {
            preview(migration);
        } else {
            LiveBricks.ofThisMachine().requireUnused(migration.root());
            migrate(migration);
            volumeFiles(migration);
            look(migration.root(), names);
        }
        if (console().json()) {
            console().json(document);
        }
    }

    private Path state() throws IOException, BackupException {
        var given = Optional.ofNullable(glusterd).orElseGet(() -> machine.resolve("var/lib/glusterd"));
        if (!Files.exists(given)) {
            return given.toAbsolutePath().normalize();
        }
        var state = given.toRealPath();
        // A link in a restored tree means its own machine's folder, and leads to that of this machine.
        if (glusterd == null && !state.startsWith(machine.toRealPath())) {
            throw usage(given + " is a link out of " + machine + ", to " + state)
                    .withHint("name the folder that is meant by --glusterd");
        }
        return state;
    }

    private void preview(Migration migration) throws BackupException, IOException {
        if (nothingToDo(migration)) {
            look(migration.root(), migration.names());
            return;
        }
        var plan = plan(migration);
        for (var change : plan.changes()) {
            line(change.toString());
        }
        say(migration, plan, "would change in ", "");
        var temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (var scratch = ScratchFolder.below(temporary, "clusterbackup-migrate-")) {
            var folder = scratch.path().resolve("glusterd");
            migration.preview(plan, folder);
            look(folder, migration.names());
        }
    }

    private void migrate(Migration migration) throws BackupException {
        if (nothingToDo(migration)) {
            return;
        }
        var plan = plan(migration);
        var aside = migration.apply(plan);
        document.put("before", aside.toString());
        say(migration, plan, "changed in ", "; what it was is kept in " + aside);
    }

    private boolean nothingToDo(Migration migration) throws BackupException {
        var nothing = migration.isDone()
                || !MigrationPlan.of(migration.root(), migration.names()).renames();
        if (nothing) {
            line("nothing to do: " + migration.root()
                    + (migration.isDone() ? " was migrated by this mapping" : " has none of the old names"));
            document.putArray("changes");
        }
        return nothing;
    }

    private MigrationPlan plan(Migration migration) throws BackupException {
        var plan = MigrationPlan.of(migration.root(), migration.names());
        var list = document.putArray("changes");
        plan.changes()
                .forEach(change ->
                        json(list.addObject().put("file", change.file().toString()), change));
        plan.remarks().forEach(remark -> console().warn(Kind.WARNINGS, remark));
        if (!plan.kept().isEmpty()) {
            console().remark("keeping their names: " + String.join(", ", plan.kept()));
        }
        return plan;
    }

    private static void json(ObjectNode node, Change change) {
        switch (change) {
            case Change.Line line ->
                node.put("line", line.number()).put("before", line.before()).put("after", line.after());
            case Change.Renamed renamed -> node.put("renamed", renamed.to().toString());
            case Change.Deleted _ -> node.put("deleted", true);
        }
    }

    private void say(Migration migration, MigrationPlan plan, String verb, String end) throws BackupException {
        var changes = plan.changes();
        line(verb + migration.root() + ": " + count(changes, Change.Line.class) + " lines, "
                + count(changes, Change.Renamed.class) + " names of files; deleted: "
                + count(changes, Change.Deleted.class) + " files that glusterd makes anew" + end);
    }

    private static long count(List<Change> changes, Class<? extends Change> kind) {
        return changes.stream().filter(kind::isInstance).count();
    }

    private void volumeFiles(Migration migration) throws BackupException, IOException, InterruptedException {
        var files = new VolumeFiles(migration.root());
        if (regenerate && files.missing().isPresent()) {
            files.regenerate();
            line("glusterd made its volume files anew");
        } else if (files.missing().isPresent()) {
            console().remark("before glusterd starts: " + VolumeFiles.COMMAND + " (its exit status is 15)");
        }
    }

    private void look(Path folder, NewNames names) throws BackupException {
        var leftovers = Leftovers.in(folder, names);
        var list = document.putArray("leftovers");
        for (var leftover : leftovers) {
            list.addObject()
                    .put("file", leftover.file().toString())
                    .put("line", leftover.line())
                    .put("name", leftover.name())
                    .put("actedOn", leftover.actedOn());
            console()
                    .warn(
                            leftover.actedOn() ? Kind.FAILED : Kind.WARNINGS,
                            printable("an old name is left: " + leftover));
        }
        if (leftovers.stream().noneMatch(Leftover::actedOn)) {
            line("no old name is left in what glusterd acts on; looked for: " + String.join(", ", names.gone()));
        }
        if (!names.undecided().isEmpty()) {
            console()
                    .remark("new names, too, or right elsewhere, so not looked for: "
                            + String.join(", ", names.undecided()));
        }
    }

    private void line(String text) throws BackupException {
        if (!console().json()) {
            console().line(printable(text));
        }
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
