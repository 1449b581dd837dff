package org.clusterbackup.shipper;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.Startup;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.service.EventPublisher;
import org.clusterbackup.service.KafkaSettings;
import org.clusterbackup.service.meter.CertificateMeters;
import org.clusterbackup.service.meter.StoreMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a shipper together: the only class that knows how its parts are made. */
@ApplicationScoped
class ShipperBeans {
    private static final Logger LOG = LoggerFactory.getLogger(ShipperBeans.class);

    @Produces
    @Singleton
    KafkaSettings kafka(@Identifier("default-kafka-broker") Map<String, Object> properties) {
        return new KafkaSettings(properties);
    }

    @Produces
    @Singleton
    EventPublisher events(KafkaSettings kafka, ShipperConfig config) {
        return new EventPublisher(kafka, "/shipper/" + config.target().name());
    }

    void close(@Disposes EventPublisher events) {
        events.close();
    }

    @Produces
    @Singleton
    Announcer announcer(EventPublisher events) {
        return new Announcer(events);
    }

    @Produces
    @Singleton
    Opening opening(ShipperConfig config, KafkaSettings kafka, MeterRegistry registry) {
        var opening = new Opening(() -> open(config, new StoreMeters(registry)), ShipperBeans::stop);
        new TargetMeters(config.target().name(), opening).register(registry);
        CertificateMeters.register(
                registry,
                Map.of(
                        "staging",
                        config.staging().caFile(),
                        "target",
                        config.target().caFile()));
        CertificateMeters.register(registry, kafka);
        return opening;
    }

    private static Ends open(ShipperConfig config, StoreMeters meters) throws BackupException {
        var signers = AllowedSigners.read(config.keys().allowedSigners());
        var key = SigningKey.read(config.keys().signingKey());
        var staging = config.staging().open(meters.of("staging"));
        try {
            var target = config.target().open(meters.of("target"));
            try {
                return Ends.open(staging, target, config.target().name(), signers, key, options(config));
            } catch (BackupException e) {
                target.close();
                throw e;
            }
        } catch (BackupException e) {
            staging.close();
            throw e;
        }
    }

    private static CopyOptions options(ShipperConfig config) {
        return CopyOptions.defaults(
                        config.shipping().spool(), "shipper-" + config.target().name())
                .withInFlight(config.shipping().packsInFlight());
    }

    /** One clear line, and an end that an orchestrator sees. */
    private static void stop(BackupException e) {
        LOG.error(
                "shipper stops kind={}: {}{}",
                e.kind(),
                e.getMessage(),
                e.hint().map(h -> " (" + h + ")").orElse(""));
        Quarkus.asyncExit(e.kind().exitCode());
    }

    void close(@Disposes Opening opening) {
        opening.close();
    }

    @Produces
    @Singleton
    Shipments shipments(
            Opening opening,
            Announcer announcer,
            Cancellations cancellations,
            ShipperConfig config,
            MeterRegistry registry) {
        var shipments = new Shipments(
                opening, announcer, cancellations, config.shipping().within(), Clock.systemUTC());
        Gauge.builder("clusterbackup.shipper.owed.artifacts", shipments, Shipments::owed)
                .description("artifacts that wait for being copied, or are")
                .register(registry);
        return shipments;
    }

    void close(@Disposes Shipments shipments) {
        shipments.close();
    }

    @Produces
    @Singleton
    Cancellations cancellations() {
        return new Cancellations();
    }

    @Produces
    @Singleton
    Surroundings surroundings() {
        return new Surroundings();
    }

    @Produces
    @Singleton
    @Startup
    Reconciliation reconciliation(
            Opening opening,
            Shipments shipments,
            Announcer announcer,
            Surroundings surroundings,
            ShipperConfig config) {
        return new Reconciliation(
                opening,
                shipments,
                announcer,
                ends -> recoveryPoints(ends, surroundings, config),
                ends -> new Drills(ends, surroundings, Clock.systemUTC()),
                config.shipping().reconcileEvery());
    }

    void close(@Disposes Reconciliation reconciliation) {
        reconciliation.close();
    }

    @Produces
    @Singleton
    @Startup
    Scrubbing scrubbing(Opening opening, Surroundings surroundings, ShipperConfig config, MeterRegistry registry) {
        var target = config.target();
        var within = target.scrubWithin();
        return new Scrubbing(
                opening,
                ends -> new ScrubRound(ends, surroundings, within, target.scrubBytesPerSecond(), Clock.systemUTC()),
                within.isPositive() ? new ScrubMeters(registry, target.name(), within)::known : _ -> {},
                ScrubRound.every(within));
    }

    void close(@Disposes Scrubbing scrubbing) {
        scrubbing.close();
    }

    @Produces
    @Singleton
    CopyAhead copyAhead(Opening opening) {
        return new CopyAhead(opening);
    }

    void close(@Disposes CopyAhead copyAhead) {
        copyAhead.close();
    }

    @Produces
    @Singleton
    @Startup
    EventReader reader(
            KafkaSettings kafka,
            Opening opening,
            Announcer announcer,
            Surroundings surroundings,
            Cancellations cancellations,
            CopyAhead ahead,
            Reconciliation reconciliation,
            ShipperConfig config) {
        return new EventReader(
                kafka,
                opening,
                announcer,
                surroundings,
                cancellations,
                ends -> recoveryPoints(ends, surroundings, config),
                progress -> {
                    if (config.shipping().ahead()) {
                        ahead.hint(progress);
                    }
                },
                reconciliation::startOver);
    }

    void close(@Disposes EventReader reader) {
        reader.close();
    }

    private static RecoveryPoints recoveryPoints(Ends ends, Surroundings surroundings, ShipperConfig config) {
        return new RecoveryPoints(ends, surroundings, config.shipping().replicas() == ShipperConfig.Replicas.ONE);
    }
}
