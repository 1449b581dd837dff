package org.clusterbackup.shipper;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import org.clusterbackup.service.StoreSettings;

/** What a shipper is told; {@code docs/configuration.md} says it to operators. */
@ConfigMapping(prefix = "clusterbackup")
public interface ShipperConfig {
    /** Where artifacts come from. */
    StoreSettings staging();

    /** Where they go. */
    Target target();

    Keys keys();

    Shipping shipping();

    interface Target extends StoreSettings {
        /** Its name; must be that of the repository there. */
        String name();

        /** The time in which all of it is read back once, a share a day; 0 for never. */
        @WithDefault("P30D")
        Duration scrubWithin();

        /** Limit of that reading in bytes per second; 0 is none. */
        @WithDefault("0")
        long scrubBytesPerSecond();
    }

    interface Keys {
        /** Whose signatures count. */
        Path allowedSigners();

        /** The private key that signs this target's ledger. */
        Path signingKey();
    }

    interface Shipping {
        /** Packs under way to the target at a time, over all sources; each needs its size in memory. */
        @WithDefault("4")
        int packsInFlight();

        /** A directory for lists that are too large for memory. */
        @WithDefault("${java.io.tmpdir}/cluster-backup-shipper")
        Path spool();

        /** How long an artifact is tried, from its backup's start, before that is a final failure. */
        @WithDefault("PT24H")
        Duration within();

        /** How often staging and target are compared, whatever events said. */
        @WithDefault("PT5M")
        Duration reconcileEvery();

        /** Whether packs are copied while their artifact is still being made. */
        @WithDefault("true")
        boolean ahead();

        /** Whether one whole replica of a set makes a recovery point complete: {@code all} or {@code one}. */
        @WithDefault("all")
        Replicas replicas();
    }

    /** How many bricks of a replica set a complete recovery point holds. */
    enum Replicas {
        ALL,
        ONE
    }
}
