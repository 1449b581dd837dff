package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import org.clusterbackup.cli.Rehearsal.Found;
import org.clusterbackup.cli.etcd.EtcdServer;
import org.clusterbackup.cli.etcd.EtcdTool;
import org.clusterbackup.cli.etcd.ThrowAwayMember;
import org.clusterbackup.etcd.KeyRange;
import org.clusterbackup.etcd.SnapshotProof;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.ArtifactReader;

/**
 * Starts a member with the snapshot and counts its keys; without etcd's programs the snapshot's own checksum is all that is
 * proved.
 */
record EtcdRehearsal(RepositoryCommand command, Optional<Path> tools) {
    /** What it is called among the counts of a drill. */
    static final String REVISION = "revision";

    Found of(ArtifactReader reader) throws BackupException, IOException, InterruptedException {
        EtcdTool tool;
        EtcdServer server;
        try {
            tool = EtcdTool.find(tools);
            server = EtcdServer.find(tools);
        } catch (BackupException e) {
            return read(reader, "not started: " + e.getMessage());
        }
        try (var member = ThrowAwayMember.below(command.spool())) {
            command.spool(
                    reader, member.snapshot(), "reading " + reader.manifest().ref());
            member.start(tool, server);
            return compare(member, reader.manifest().details());
        }
    }

    private Found read(ArtifactReader reader, String remark) throws BackupException {
        var proof = new SnapshotProof();
        command.copy(reader, new Proving(proof), "reading " + reader.manifest().ref());
        proof.require();
        return Found.read(new TreeMap<>(), Optional.of(remark));
    }

    /** The keys are counted at the revision at which they were counted for the manifest: the snapshot may be of a later one. */
    private static Found compare(ThrowAwayMember member, JsonNode details) throws BackupException {
        var keys = member.keys(KeyRange.prefix(new byte[0]));
        var counts = new TreeMap<String, Long>();
        counts.put("keys", keys.count());
        counts.put(REVISION, keys.revision());
        var revision = details.path("revision").asLong(0);
        if (keys.revision() < revision) {
            throw new BackupException(
                    Kind.DAMAGED,
                    "the snapshot ends at revision " + keys.revision() + ", and its manifest says " + revision);
        }
        var counted = details.path("keysRevision").asLong(0);
        if (counted > 0 && counted <= keys.revision()) {
            var then = member.countAt(counted);
            var announced = details.path("keys").asLong(0);
            if (then.isPresent() && then.getAsLong() != announced) {
                throw new BackupException(
                        Kind.DAMAGED,
                        "the snapshot has " + then.getAsLong() + " keys at revision " + counted
                                + ", and its manifest says " + announced);
            }
        }
        return Found.restored(counts);
    }

    /** Sees the snapshot go by. */
    private static final class Proving extends OutputStream {
        private final SnapshotProof proof;

        Proving(SnapshotProof proof) {
            this.proof = proof;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            proof.add(bytes, offset, length);
        }
    }
}
