package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Predicate;
import org.clusterbackup.cli.text.ByteText;
import org.clusterbackup.cli.volume.ReplicaSets;
import org.clusterbackup.cli.volume.VolumeNames;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;

/** A command that prints names of a volume's files. */
abstract class VolumeNamesCommand extends VolumeCommand {
    /** Which paths, each character a byte; asked before anything is read. */
    abstract Predicate<String> wanted() throws BackupException;

    /** What to say when there is none. */
    abstract String nothing();

    @Override
    final void check() throws BackupException {
        var _ = wanted();
    }

    @Override
    final void run(Repository repository, ReplicaSets sets) throws BackupException, IOException, InterruptedException {
        var names = names(repository, sets, wanted());
        if (names.all().isEmpty() && !isWhole()) {
            throw new BackupException(Kind.NOT_FOUND, nothing() + " in volume " + sets.volume());
        }
        print(sets, names);
    }

    /** Whether nothing at all is a result, too: that of an empty volume. */
    boolean isWhole() {
        return false;
    }

    private void print(ReplicaSets sets, VolumeNames names) throws BackupException {
        var document = JsonNodeFactory.instance.objectNode().put("volume", sets.volume());
        describe(sets, document.putArray("bricks"));
        var files = document.putArray("files");
        for (var name : names.all().entrySet()) {
            var path = ByteText.ofRaw(name.getKey());
            var folder = name.getValue().folder();
            if (console().json()) {
                files.addObject()
                        .put("path", path)
                        .put(
                                "base64",
                                Base64.getEncoder()
                                        .encodeToString(name.getKey().getBytes(StandardCharsets.ISO_8859_1)))
                        .put("type", folder ? "directory" : "file");
            } else {
                console().line(path + (folder ? "/" : ""));
            }
        }
        if (console().json()) {
            console().json(document);
        }
    }
}
