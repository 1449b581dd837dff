package org.clusterbackup.etcdagent;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.agent.AgentSettings;

/** What an etcd-agent is told; {@code docs/configuration.md} says it to operators. */
@ConfigMapping(prefix = "clusterbackup")
public interface EtcdAgentConfig extends AgentSettings {
    Etcd etcd();

    interface Etcd {
        /** The cluster's stable name, part of its source's name and of the consumer group's. */
        String name();

        /** Every member's client URL, so that another is asked when one is away. */
        List<String> endpoints();

        /** PEM file with the certificates that are trusted; without it the machine's own. */
        Optional<Path> caFile();

        /** PEM file with the client's certificate. */
        Optional<Path> certificateFile();

        /** PEM file with its key. */
        Optional<Path> keyFile();

        /** File with the name of a user that has the role root, where auth is on. */
        Optional<Path> userFile();

        /** File with that user's password. */
        Optional<Path> passwordFile();
    }
}
