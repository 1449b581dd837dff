package org.clusterbackup.agent;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.clusterbackup.service.StoreSettings;

/** What every agent is told, as the upper part of its {@code @ConfigMapping}. */
public interface AgentSettings {
    /** Where artifacts go. */
    StoreSettings staging();

    Keys keys();

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

    interface Announce {
        /** How often sources are announced though nothing changed. */
        @WithDefault("PT3M")
        Duration every();

        /** How often it is looked what sources there are. */
        @WithDefault("PT20S")
        Duration look();

        /** After so long without an announcement another agent's source counts as silent. */
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
