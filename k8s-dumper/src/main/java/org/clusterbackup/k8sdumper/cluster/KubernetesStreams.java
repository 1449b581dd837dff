package org.clusterbackup.k8sdumper.cluster;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.clusterbackup.agent.backup.ProvedStream;
import org.clusterbackup.agent.backup.StreamPlan;
import org.clusterbackup.agent.backup.Streams;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.dump.ClusterDump;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.Tool;

/** Dumps of one cluster. */
public record KubernetesStreams(KubernetesCluster cluster) implements Streams {
    @Override
    public StreamPlan prepare(LocalSource source) throws BackupException {
        var server = cluster.connect();
        try {
            return new Plan(new Stream(server, ClusterDump.start(server, cluster.options())));
        } catch (BackupException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private record Plan(Stream dump) implements StreamPlan {
        @Override
        public long expectedBytes() {
            return 0;
        }

        @Override
        public ProvedStream open() {
            return dump;
        }

        @Override
        public Origin origin(ProvedStream stream) {
            return new Origin(
                    ArtifactKind.KUBERNETES,
                    Optional.empty(),
                    stream.tool(),
                    stream.warnings(),
                    dump.dump().details());
        }
    }

    /** Closes its connection with it. */
    private record Stream(ApiServer server, ClusterDump dump) implements ProvedStream {
        @Override
        public OptionalLong estimate() {
            return OptionalLong.empty();
        }

        @Override
        public Tool tool() {
            return dump.tool();
        }

        @Override
        public List<String> warnings() {
            return dump.warnings();
        }

        @Override
        public void cancel() {
            dump.cancel();
        }

        @Override
        public InputStream stream() {
            return dump.stream();
        }

        @Override
        public void requireComplete() throws BackupException {
            dump.requireComplete();
        }

        @Override
        public void close() {
            dump.close();
            server.close();
        }
    }
}
