package org.clusterbackup.brickagent;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.clusterbackup.agent.AgentSettings;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.brickagent.cluster.Replicas;

/** What a brick-agent is told; {@code docs/configuration.md} says it to operators. */
@ConfigMapping(prefix = "clusterbackup")
public interface AgentConfig extends AgentSettings {
    /** The node's stable name, part of its sources' names and of the consumer group's. */
    String node();

    /** Where the host's file systems are seen. */
    @WithDefault("/")
    Path hostRoot();

    Gluster gluster();

    Bricks bricks();

    HostState hostState();

    interface Gluster {
        /** glusterd's working directory on the host. */
        @WithDefault("/var/lib/glusterd")
        Path state();
    }

    interface Bricks {
        /** How many bricks of the node are dumped at once. */
        @WithDefault("1")
        int atOnce();

        /** Whether every brick of a replica set is backed up: {@code all} or {@code one}. */
        @WithDefault("all")
        Replicas replicas();

        /** After so long without progress of a set's first brick the next one goes. */
        @WithDefault("PT10M")
        Duration stall();

        /** Disk time of a dump beside the cluster's own: {@code normal}, {@code low} or {@code idle}. */
        @WithDefault("low")
        Gentleness.IoClass ioClass();

        /** 0 to 19. */
        @WithDefault("10")
        int nice();

        /** How fast a dump is read at most; 0 is no limit. */
        @WithDefault("0")
        long bytesPerSecond();
    }

    interface HostState {
        /** Folders and files on the host; those that a node does not have are left out. */
        @WithDefault("/var/lib/glusterd,/etc/glusterfs,/var/log/glusterfs,/var/lib/xfsdump,/etc/kubernetes,"
                + "/etc/etcd,/etc/etcd.env,/etc/default/etcd,/etc/ssl/etcd,/etc/default/kubelet,/var/lib/kubelet/config.yaml,"
                + "/var/lib/kubelet/kubeadm-flags.env,/var/lib/kubelet/pki")
        List<Path> paths();
    }
}
