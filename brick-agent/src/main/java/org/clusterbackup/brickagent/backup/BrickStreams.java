package org.clusterbackup.brickagent.backup;

import java.util.ArrayList;
import java.util.Optional;
import org.clusterbackup.agent.backup.Announcements;
import org.clusterbackup.agent.backup.ProvedStream;
import org.clusterbackup.agent.backup.StreamPlan;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.brickagent.dump.BrickRoot;
import org.clusterbackup.brickagent.dump.XfsDump;
import org.clusterbackup.brickagent.source.BrickSource;
import org.clusterbackup.brickagent.xfs.BrickFileSystem;
import org.clusterbackup.brickagent.xfs.BrickLocator;
import org.clusterbackup.gluster.PendingHeals;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.Origin;

/** Bricks as xfsdump streams of their file systems. */
public final class BrickStreams {
    private final BrickLocator locator;
    private final Gentleness gentleness;

    public BrickStreams(BrickLocator locator, Gentleness gentleness) {
        this.locator = locator;
        this.gentleness = gentleness;
    }

    /** @throws BackupException as {@link BrickLocator#locate} */
    StreamPlan prepare(BrickSource source) throws BackupException {
        var found = locator.locate(source.brick().path(), source.volume().id());
        return new Plan(source, found, PendingHeals.count(found.brick()), BrickRoot.of(found.brick()));
    }

    private final class Plan implements StreamPlan {
        private final BrickSource source;
        private final BrickFileSystem found;
        private final long pendingHeals;
        private final BrickRoot root;

        Plan(BrickSource source, BrickFileSystem found, long pendingHeals, BrickRoot root) {
            this.source = source;
            this.found = found;
            this.pendingHeals = pendingHeals;
            this.root = root;
        }

        @Override
        public long expectedBytes() {
            return found.usage().usedBytes();
        }

        @Override
        public ProvedStream open() throws BackupException {
            return XfsDump.start(found.mountPoint(), source.name().value(), gentleness);
        }

        @Override
        public Origin origin(ProvedStream stream) {
            var warnings = new ArrayList<>(stream.warnings());
            if (found.brick().equals(found.mountPoint())) {
                warnings.add(
                        "the brick is the root of its file system, whose mode and owner xfsdump does not keep: see brickRoot");
            }
            var details = JsonLayout.object();
            details.put("volume", source.volume().name());
            details.put("volumeId", source.volume().id().toString());
            details.put("brickIndex", source.brick().index());
            source.replicaSet().ifPresent(set -> details.put(Announcements.REPLICA_SET, set));
            details.put("replicaCount", source.volume().replicas());
            details.put("arbiterCount", source.volume().arbiters());
            details.put("disperseCount", source.volume().dispersed());
            details.put("volumeType", source.volume().typeName());
            var bricks = details.putArray("bricks");
            source.volume().bricks().forEach(brick -> bricks.addObject()
                    .put("host", brick.host())
                    .put("path", brick.path().toString())
                    .put("server", brick.server()));
            details.put("brickHost", source.brick().host());
            details.put("brickPath", source.brick().path().toString());
            details.put("mountPoint", found.mountPoint().toString());
            details.put("serverUuid", source.brick().server());
            details.put("pendingHeals", pendingHeals);
            details.putObject("filesystem")
                    .put("blockSize", found.geometry().blockSize())
                    .put("sizeBytes", found.usage().sizeBytes())
                    .put("usedBytes", found.usage().usedBytes())
                    .put("inodes", found.usage().inodesUsed())
                    .put("uuid", found.geometry().uuid().toString());
            var brickRoot = details.putObject("brickRoot")
                    .put("mode", root.mode())
                    .put("owner", root.owner())
                    .put("group", root.group());
            var xattrs = brickRoot.putObject("xattrs");
            root.xattrs().forEach(xattrs::put);
            if (stream instanceof XfsDump dump) {
                dump.files().ifPresent(files -> details.put("files", files));
            }
            return new Origin(ArtifactKind.BRICK, Optional.of(source.node()), stream.tool(), warnings, details);
        }
    }
}
