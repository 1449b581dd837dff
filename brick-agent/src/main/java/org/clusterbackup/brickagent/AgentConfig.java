package org.clusterbackup.brickagent;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.brickagent.cluster.Replicas;
import org.clusterbackup.service.StoreSettings;

/** What a brick-agent is told; {@code docs/configuration.md} says it to operators. */
@ConfigMapping(prefix = "clusterbackup")
public interface AgentConfig {
    /** The node's stable name, part of its sources' names and of the consumer group's. */
    String node();

    /** Where the host's file systems are seen. */
    @WithDefault("/")
    Path hostRoot();

    /** Where artifacts go. */
    StoreSettings staging();

    Keys keys();

    Gluster gluster();

    Bricks bricks();

    HostState hostState();

    Announce announce();

    Retry retry();

    /** How often committed artifacts are compared with what was announced. */
    @WithDefault("PT5M")
    Duration reconcileEvery();

    /** A folder for working files: about 40 bytes a chunk and the indexes of earlier artifacts. */
    @WithDefault("${java.io.tmpdir}/cluster-backup-agent")
    Path scratch();

    /** Threads that compress, seal and store packs; each takes about 48 MiB. */
    @WithDefault("2")
    int packWorkers();

    interface Keys {
        /** Whose signatures count. */
        Path allowedSigners();

        /** The private key that signs manifests. */
        Path signingKey();

        /** To whom artifacts are sealed; may be absent only if the repository was made without encryption. */
        Optional<Path> recipients();

        /** The key of chunk boundaries and ids, the same for all agents. */
        Path chunkingKey();
    }

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
                + "/etc/etcd,/etc/default/etcd,/etc/ssl/etcd,/var/lib/kubelet/config.yaml,/var/lib/kubelet/pki")
        List<Path> paths();
    }

    interface Announce {
        /** How often sources are announced though nothing changed. */
        @WithDefault("PT3M")
        Duration every();

        /** How often glusterd's state is looked at. */
        @WithDefault("PT20S")
        Duration look();

        /** After so long without an announcement another agent's brick counts as silent. */
        @WithDefault("PT10M")
        Duration lapse();
    }

    interface Retry {
        /** Pause before the second attempt of a backup that failed; it doubles with each. */
        @WithDefault("PT10S")
        Duration first();

        /** The longest pause. */
        @WithDefault("PT10M")
        Duration longest();
    }
}
