package org.clusterbackup.scheduler;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.service.StoreSettings;

/** Everything that can be configured; {@code docs/configuration.md} has the same list for people. */
@ConfigMapping(prefix = "clusterbackup")
public interface SchedulerConfig {
    /** YAML file of policies; without one, backups are made on request only. */
    Optional<Path> policiesFile();

    /** YAML file of targets. */
    Optional<Path> targetsFile();

    /** The names of the targets, where there is no file of them. */
    Optional<List<String>> targets();

    Keys keys();

    /** The staging repository; without its URL nothing is ever deleted there. */
    StoreSettings staging();

    Housekeeping housekeeping();

    Runs runs();

    Objectives objectives();

    Api api();

    /** Key files. */
    interface Keys {
        /** Who may sign; without it ledger entries are believed as they come, and nothing is deleted in staging. */
        Optional<Path> allowedSigners();
    }

    /** What may be deleted in staging. */
    interface Housekeeping {
        /** Deletes what every target has; false leaves staging as it is, and only publishes retirements. */
        @WithDefault("true")
        boolean enabled();

        /** How often. */
        @WithDefault("PT1H")
        Duration every();

        /** Between condemning a pack and deleting it. */
        @WithDefault("PT24H")
        Duration grace();

        /** Age at which an unfinished upload or artifact counts as abandoned. */
        @WithDefault("PT24H")
        Duration abandonedAfter();

        /** What staging may hold; from 80 % on there is an alarm, at 90 % what one target has goes. */
        Optional<MemorySize> capacity();
    }

    /** How runs are followed. */
    interface Runs {
        /** After a request, time that agents have to announce sources before the run can be complete. */
        @WithDefault("PT10S")
        Duration settle();

        /** A due recovery point is asked for again after this time. */
        @WithDefault("PT5M")
        Duration repeatDue();

        /** A source that was not announced for this long is silent. */
        @WithDefault("PT15M")
        Duration silentAfter();

        /** Owed work that did not move for this long, though somebody is there, is stuck. */
        @WithDefault("PT5M")
        Duration stuckAfter();
    }

    /** What alerts measure by, beside what policies say; exported as metrics. */
    interface Objectives {
        /** How long ago the last drill at a target may be. */
        @WithDefault("P35D")
        Duration drill();

        /** How long ago the oldest pack of a copy may have been proved: writers store again what is older than 90 days. */
        @WithDefault("P120D")
        Duration proof();
    }

    /** The REST interface. */
    interface Api {
        /** File with the token that {@code POST /api/runs} asks for; without it nobody may start runs there. */
        Optional<Path> tokenFile();
    }
}
