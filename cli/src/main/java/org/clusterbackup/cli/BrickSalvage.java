package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.clusterbackup.cli.dump.DumpNames;
import org.clusterbackup.cli.dump.DumpSalvage;
import org.clusterbackup.cli.dump.Gaps;
import org.clusterbackup.cli.place.BrickPlace;
import org.clusterbackup.cli.place.BrickRestore;
import org.clusterbackup.cli.text.ByteText;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.ArtifactReader;

/** What is left of a brick's dump of which packs are missing or damaged: restored, and what is not whole told by name. */
final class BrickSalvage {
    /** Its second names are all that Gluster has there. */
    private static final String INTERNAL = ".glusterfs/";

    private final Console console;
    private final ArtifactReader reader;
    private final AtomicLong lost = new AtomicLong();
    private final AtomicReference<DumpSalvage.Result> result = new AtomicReference<>();
    private long damaged;
    private long missing;

    BrickSalvage(Console console, ArtifactReader reader) {
        this.console = console;
        this.reader = reader;
    }

    /** Only looks; nothing is written. */
    void look(DumpNames names) throws BackupException, IOException {
        mend(OutputStream.nullOutputStream());
        tell(names, "nothing was written");
    }

    void restore(DumpNames names, BrickPlace place) throws BackupException, IOException, InterruptedException {
        new BrickRestore(reader.manifest(), place).remains(this::mend, () -> {
            tell(names, "the rest is in " + place.mountPoint());
            return summary();
        });
    }

    private void mend(OutputStream out) throws BackupException {
        var gaps = new Gaps();
        try (var progress = new Progress(
                console,
                "salvaging " + reader.manifest().ref(),
                reader.manifest().streamBytes())) {
            result.set(DumpPipe.run(
                    to -> reader.copyWhatIsLeft(new Zeros(to, gaps), progress::advance),
                    in -> DumpSalvage.mend(in, out, gaps)));
        } catch (IOException e) {
            throw new BackupException(Kind.FAILED, "cannot write the stream: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted", e);
        }
    }

    /** Zeros in the place of what is lost. */
    private final class Zeros implements ArtifactReader.Remains {
        private final OutputStream out;
        private final Gaps gaps;
        private long at;

        Zeros(OutputStream out, Gaps gaps) {
            this.out = out;
            this.gaps = gaps;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            at += length;
        }

        @Override
        public void lost(int length) throws IOException {
            gaps.add(at, length);
            lost.addAndGet(length);
            write(new byte[length], 0, length);
        }
    }

    private void tell(DumpNames names, String where) throws BackupException, IOException {
        var document = JsonNodeFactory.instance.objectNode();
        var damagedNames = document.putArray("damaged");
        var missingNames = document.putArray("missing");
        var found = Objects.requireNonNull(result.get(), "mended before");
        names.below("", (path, inode, folder) -> {
            if (folder || path.contains(INTERNAL)) {
                return;
            }
            if (found.damaged().contains(inode)) {
                damagedNames.add(ByteText.ofRaw(path));
            } else if (!found.whole().contains(inode)) {
                missingNames.add(ByteText.ofRaw(path));
            }
        });
        damaged = damagedNames.size();
        missing = missingNames.size();
        say(document);
        console.warn(Kind.DAMAGED, summary() + "; " + where);
    }

    private void say(ObjectNode document) throws BackupException {
        if (console.json()) {
            document.put("lostBytes", lost.get());
            console.json(document);
            return;
        }
        for (var name : document.path("damaged")) {
            console.line("damaged " + name.asText());
        }
        for (var name : document.path("missing")) {
            console.line("missing " + name.asText());
        }
    }

    private String summary() {
        return "of " + reader.manifest().ref() + " " + Sizes.text(lost.get()) + " are lost: " + damaged
                + " files are damaged and " + missing + " missing";
    }
}
