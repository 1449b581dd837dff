package org.clusterbackup.brickagent.backup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.agent.backup.ProvedStream;
import org.clusterbackup.agent.backup.StreamPlan;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.brickagent.host.HostArchive;
import org.clusterbackup.brickagent.host.HostPaths;
import org.clusterbackup.brickagent.host.HostReports;
import org.clusterbackup.brickagent.source.HostSource;
import org.clusterbackup.gluster.GlusterState;
import org.clusterbackup.gluster.GlusterStateReader;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.Origin;

/** A node's state as a tar stream. */
public final class HostStreams {
    private final Path hostRoot;
    private final Path glusterd;
    private final List<Path> paths;
    private final Path scratch;
    private final Gentleness gentleness;

    /**
     * @param paths on the host, of which the node need not have any
     * @param scratch a folder for generated files
     */
    public HostStreams(Path hostRoot, Path glusterd, List<Path> paths, Path scratch, Gentleness gentleness) {
        this.hostRoot = hostRoot;
        this.glusterd = glusterd;
        this.paths = List.copyOf(paths);
        this.scratch = scratch;
        this.gentleness = gentleness;
    }

    StreamPlan prepare(HostSource source) {
        return new Plan(source, HostPaths.find(hostRoot, paths));
    }

    /** A glusterd whose files are broken is one more reason to keep them. */
    private GlusterState state() {
        try {
            return new GlusterStateReader(glusterd).read();
        } catch (BackupException e) {
            return new GlusterState(glusterd, Optional.empty(), List.of(), List.of(), Map.of("glusterd", e));
        }
    }

    private final class Plan implements StreamPlan {
        private final HostSource source;
        private final HostPaths found;

        Plan(HostSource source, HostPaths found) {
            this.source = source;
            this.found = found;
        }

        @Override
        public long expectedBytes() {
            return 0;
        }

        @Override
        public ProvedStream open() throws BackupException {
            var reports = new HostReports(hostRoot).write(state(), found);
            return HostArchive.start(hostRoot, found.present(), reports, scratch, gentleness);
        }

        @Override
        public Origin origin(ProvedStream stream) {
            var warnings = new ArrayList<>(found.warnings());
            warnings.addAll(stream.warnings());
            var details = JsonLayout.object();
            var kept = details.putArray("paths");
            found.present().forEach(path -> kept.add(path.toString()));
            var configs = details.putArray("encryptionConfigs");
            found.encryptionConfigs().forEach(path -> configs.add(path.toString()));
            return new Origin(ArtifactKind.HOST_STATE, Optional.of(source.node()), stream.tool(), warnings, details);
        }
    }
}
