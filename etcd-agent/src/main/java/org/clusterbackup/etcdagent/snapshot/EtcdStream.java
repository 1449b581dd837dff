package org.clusterbackup.etcdagent.snapshot;

import java.io.InputStream;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.clusterbackup.agent.backup.ProvedStream;
import org.clusterbackup.etcd.Snapshot;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.artifact.Tool;

/**
 * A snapshot as an agent's stream.
 *
 * @param end is told whether it was whole
 */
record EtcdStream(Snapshot snapshot, String version, Consumer<Boolean> end) implements ProvedStream {
    @Override
    public OptionalLong estimate() {
        return snapshot.estimate();
    }

    @Override
    public Tool tool() {
        return new Tool("etcd", version);
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public void cancel() {
        snapshot.cancel();
    }

    @Override
    public InputStream stream() {
        return snapshot.stream();
    }

    @Override
    public void requireComplete() throws BackupException {
        try {
            snapshot.requireComplete();
            end.accept(true);
        } catch (BackupException e) {
            end.accept(false);
            throw e;
        }
    }

    @Override
    public void close() {
        snapshot.close();
    }
}
