package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.clusterbackup.cli.tar.Unpacking;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.artifact.ArtifactReader;

/**
 * What is left of a tar artifact of which packs are missing or damaged: unpacked, and what is not whole told by name. An
 * archive has no list of its members, so of what lies within a gap only its place in their order is known.
 */
final class TreeSalvage {
    private final ArrayNode damaged = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode missing = JsonNodeFactory.instance.arrayNode();
    private final Set<String> damagedNames = new HashSet<>();
    /** Bytes, by the member before them. */
    private final Map<String, Long> gaps = new LinkedHashMap<>();

    private long lost;

    void damaged(String name) {
        damaged.add(name);
        damagedNames.add(name);
    }

    void missing(String name) {
        missing.add(name);
    }

    void gap(String after, long bytes) {
        gaps.merge(after, bytes, Long::sum);
    }

    boolean isWhole(String name) {
        return !damagedNames.contains(name);
    }

    /** Hands all that can be read to {@code unpacking}, which is to be finished then. */
    void unpack(Console console, ArtifactReader reader, Unpacking unpacking) throws BackupException {
        unpacking.expectLosses();
        var ref = reader.manifest().ref();
        try (var progress =
                new Progress(console, "salvaging " + ref, reader.manifest().streamBytes())) {
            reader.copyWhatIsLeft(new Into(unpacking), progress::advance);
        } catch (BackupException e) {
            throw RepositoryCommand.ofUnpacking(e, unpacking);
        }
    }

    private final class Into implements ArtifactReader.Remains {
        private final Unpacking unpacking;

        Into(Unpacking unpacking) {
            this.unpacking = unpacking;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            unpacking.sink().write(bytes, offset, length);
        }

        @Override
        public void lost(int length) throws IOException {
            lost += length;
            unpacking.lost(length);
        }
    }

    boolean isAnythingLost() {
        return lost > 0;
    }

    void describe(ObjectNode document) {
        document.put("lostBytes", lost);
        document.set("damaged", damaged);
        document.set("missing", missing);
        var places = document.putArray("gaps");
        gaps.forEach((after, bytes) -> places.addObject().put("after", after).put("bytes", bytes));
    }

    void print(Console console) throws BackupException {
        for (var name : damaged) {
            console.line("damaged " + name.asText());
        }
        for (var name : missing) {
            console.line("missing " + name.asText());
        }
        for (var gap : gaps.entrySet()) {
            console.line("gap of " + Sizes.text(gap.getValue())
                    + (gap.getKey().isEmpty() ? " at the beginning" : " after " + gap.getKey()));
        }
    }

    String summary() {
        return Sizes.text(lost) + " are lost: " + damaged.size() + " members are damaged, " + missing.size()
                + " missing, and " + gaps.size() + " gaps hold others whose names are lost";
    }
}
