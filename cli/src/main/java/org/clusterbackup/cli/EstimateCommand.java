package org.clusterbackup.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.cli.estimate.Forecaster;
import org.clusterbackup.cli.estimate.Histories;
import org.clusterbackup.cli.estimate.Place;
import org.clusterbackup.cli.estimate.Sample;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.retention.Retention;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what backups take, and what they will take in a year. */
@Command(
        name = "estimate",
        description = {
            "Say what backups take and will take: sizes, times, growth, and what a policy keeps.",
            "The times to come go as far as a year from now. Of a repository from its manifests and its ledger,",
            "without an identity; before there is one, with --place, from folders of this machine, some files of",
            "which are read, compressed and thrown away. Nothing is written anywhere. What is assumed is said below",
            "the table."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup estimate -r sftp://backup@office.example/srv/backup --keep-daily 7 --keep-monthly 12",
            "  clusterbackup estimate --place /media/brick0 --place /media/brick1 --bandwidth 40 --keep-within 90d"
        })
final class EstimateCommand extends BackupCommand {
    private static final double PERCENT = 100;
    private static final int MIB_BITS = 20;

    @Mixin
    private final RepositoryOptions location = new RepositoryOptions();

    @Mixin
    private final KeyOptions keys = new KeyOptions();

    @Mixin
    private final KeepOptions keep = new KeepOptions();

    @Mixin
    private final LineOptions line = new LineOptions();

    @Option(
            names = "--place",
            paramLabel = "PATH",
            description = "A folder or a mount of this machine that is to be backed up; may be repeated.")
    private List<Path> places = List.of();

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "Time between two runs (default: the usual one so far; of what has run once, a day).")
    private @Nullable Duration every;

    @Option(
            names = "--change",
            paramLabel = "PERCENT",
            defaultValue = "1",
            description = "What a run adds where no earlier run tells (default: ${DEFAULT-VALUE}).")
    private double change = 1;

    @Option(
            names = "--read-rate",
            paramLabel = "MIB",
            description = "How fast a place is read and made into packs, in MiB/s (default: as fast as the sample).")
    private @Nullable Long readRate;

    @Option(
            names = "--sample",
            paramLabel = "N",
            defaultValue = "256M",
            converter = ByteCount.class,
            description = "Bytes of a place to read at most, to see how they compress; 0: none, and they are taken not"
                    + " to (default: ${DEFAULT-VALUE}).")
    private long sample;

    @Override
    void run() throws BackupException {
        if (!(change >= 0 && change <= PERCENT)) {
            throw usage("--change is no percentage: " + change);
        }
        if (every != null && every.isZero()) {
            throw usage("--every is no time");
        }
        var retention = keep.absent() ? Optional.<Retention>empty() : Optional.of(keep.retention());
        var now = Instant.now();
        var forecaster = new Forecaster(retention, Optional.ofNullable(every), change / PERCENT, now);
        var assumed = new Assumptions(retention.map(Retention::text), Optional.ofNullable(every), change);
        if (places.isEmpty()) {
            ofRepository(forecaster, assumed);
        } else {
            ofPlaces(forecaster, assumed, now);
        }
    }

    private void ofRepository(Forecaster forecaster, Assumptions assumed) throws BackupException {
        var signers = keys.allowedSigners(console().environment());
        try (var store = location.open(console())) {
            var repository = Repository.open(store, signers);
            var chain = chain(repository);
            var report = new RepositoryEstimate(line.line(), assumed);
            new Histories(repository, chain, this::unreadable)
                    .read()
                    .forEach(history -> report.add(history, forecaster.of(history)));
            var there = new long[2];
            store.list(PackSet.FOLDER, object -> {
                if (PackSet.isPath(object.name())) {
                    there[0]++;
                    there[1] += object.size();
                }
            });
            report.print(console(), store.location(), there[0], there[1]);
        }
    }

    private Optional<LedgerChain> chain(Repository repository) throws BackupException {
        if (!repository.description().isTarget()) {
            return Optional.empty();
        }
        var chain = new Ledger(repository).read();
        chain.problems().forEach(problem -> console().warn(problem.kind(), problem.message()));
        return Optional.of(chain);
    }

    private void unreadable(BackupException e) {
        console().warn(e.kind() == Kind.NOT_FOUND ? Kind.DAMAGED : e.kind(), e.getMessage() + "; it is left out");
    }

    private void ofPlaces(Forecaster forecaster, Assumptions assumed, Instant now) throws BackupException {
        if (location.repository != null) {
            throw usage("-r and --place exclude each other: one is for what there is, the other for what is to be");
        }
        if (sample == 0 && readRate == null) {
            throw usage("--sample 0 measures nothing").withHint("say how fast it is with --read-rate MIB");
        }
        if (readRate != null && readRate < 1) {
            throw usage("--read-rate is no rate: " + readRate);
        }
        var report = new PlaceEstimate(
                line.line(), assumed, Optional.ofNullable(readRate).map(EstimateCommand::bytes));
        var surveyed = new ArrayList<Place>();
        for (var path : places) {
            surveyed.add(Place.survey(path));
        }
        for (var place : surveyed) {
            warn(place);
            report.add(place, Sample.of(place.sample(), sample), forecaster, now);
        }
        report.print(console());
    }

    private static long bytes(long mib) {
        return Math.min(mib, Long.MAX_VALUE >> MIB_BITS) << MIB_BITS;
    }

    private void warn(Place place) {
        if (place.unreadable() > 0) {
            console()
                    .warn(
                            Kind.WARNINGS,
                            place.unreadable() + " names below " + place.path()
                                    + " cannot be looked at: they are left out");
        }
        if (!place.whole() && place.mount().type().equals("xfs")) {
            console()
                    .remark("a brick's backup reads the whole file system, not " + place.path() + " alone: name "
                            + place.mount().point());
        }
    }
}
