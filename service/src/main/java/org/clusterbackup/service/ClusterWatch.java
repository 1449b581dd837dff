package org.clusterbackup.service;

import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the brokers belong to another Kafka than before: offsets of the old one mean nothing there. It is a
 * deserializer because those are what Kafka's consumer tells about the cluster.
 */
final class ClusterWatch implements Deserializer<byte[]>, ClusterResourceListener {
    private volatile @Nullable String id;
    private volatile boolean another;
    private volatile boolean startedOver;

    @Override
    public void onUpdate(ClusterResource cluster) {
        var now = cluster.clusterId();
        if (now != null) {
            another |= id != null && !now.equals(id);
            id = now;
        }
    }

    /** Whether the cluster changed since this was last asked. */
    boolean isAnother() {
        var was = another;
        another = false;
        startedOver |= was;
        return was;
    }

    /** Whether it ever changed. */
    boolean startedOver() {
        return startedOver;
    }

    @Override
    public byte @Nullable [] deserialize(String topic, byte @Nullable [] data) {
        return data;
    }
}
