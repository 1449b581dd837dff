package org.clusterbackup.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.clusterbackup.cli.estimate.Forecaster;
import org.clusterbackup.cli.estimate.History;
import org.clusterbackup.cli.estimate.Place;
import org.clusterbackup.cli.estimate.Sample;
import org.clusterbackup.cli.recover.Line;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;

/** What places of this machine would take if they were backed up, one after the other, as a table and in all. */
final class PlaceEstimate {
    private final Line line;
    private final Assumptions assumed;
    private final Optional<Long> rate;
    private final Table table = new Table(
            "places",
            "PLACE",
            "ON",
            "FILES",
            "USED",
            "STORED",
            "FIRST RUN",
            "RUN ADDS",
            "YEAR ADDS",
            "KEPT THEN",
            "BYTES THEN",
            "RESTORE");
    private double used;
    private double stored;
    private double addedPerRun;
    private double bytesThen;
    private Duration first = Duration.ZERO;
    private long sampled;

    /** @param rate at which places are read, if it was said: bytes a second */
    PlaceEstimate(Line line, Assumptions assumed, Optional<Long> rate) {
        this.line = line;
        this.assumed = assumed;
        this.rate = rate;
    }

    void add(Place place, Sample sample, Forecaster forecaster, Instant now) {
        var bytes = (long) (place.usedBytes() * sample.ratio());
        var history = history(place.usedBytes(), bytes, now);
        var forecast = forecaster.of(history);
        // Packs leave while the place is still being read.
        var sending = line.time(bytes);
        var readRate = rate.or(sample::rate);
        var took = readRate.map(bytesPerSecond -> new Line(bytesPerSecond).time(place.usedBytes()))
                .filter(reading -> reading.compareTo(sending) > 0)
                .orElse(sending);
        used += place.usedBytes();
        stored += bytes;
        addedPerRun += forecast.addedPerRun();
        bytesThen += forecast.bytesInAYear();
        first = first.plus(took);
        sampled += sample.readBytes();
        var row = table.row(
                        place.path(),
                        place.mount().type() + (place.whole() ? "" : ", a part"),
                        place.files(),
                        Sizes.text(place.usedBytes()),
                        Sizes.text(bytes),
                        Sizes.time(took),
                        Sizes.text(forecast.addedPerRun()),
                        Sizes.text(forecast.addedPerYear()),
                        forecast.keptInAYear(),
                        Sizes.text(forecast.bytesInAYear()),
                        Sizes.time(sending))
                .put("place", place.path().toString())
                .put("type", place.mount().type())
                .put("whole", place.whole())
                .put("files", place.files())
                .put("usedBytes", place.usedBytes())
                .put("storedBytes", bytes)
                .put("sampledBytes", sample.readBytes())
                .put("firstRunSeconds", took.toSeconds());
        readRate.ifPresent(bytesPerSecond -> row.put("bytesPerSecond", bytesPerSecond));
        EstimateJson.put(row, forecast);
        row.put("restoreSeconds", sending.toSeconds());
    }

    /** As if it had been backed up once, now. */
    private static History history(long used, long stored, Instant now) {
        var source = new SourceName("place");
        var ref = new ArtifactRef(source, ArtifactId.at(now, new Random(0)));
        var run = new History.Run(ref, now, used, stored, stored, Duration.ZERO);
        return new History(source, List.of(run), Collections.emptySortedSet(), 0, false, stored);
    }

    void print(Console console) throws BackupException {
        var texts = assumed.texts(line);
        texts.add("places are read one after the other, "
                + rate.map(said -> "at " + Sizes.text(said) + "/s")
                        .orElse("as fast as one thread read, compressed and threw away " + Sizes.text(sampled)
                                + " of their files; a file that memory holds is read faster than from the disk"));
        texts.add(
                sampled == 0
                        ? "nothing compresses, and nothing is there twice"
                        : "all compresses as those files do, and nothing is there twice");
        var document = table.document();
        document.put("usedBytes", (long) used)
                .put("storedBytes", (long) stored)
                .put("firstRunSeconds", first.toSeconds())
                .put("addedBytesPerRun", (long) addedPerRun)
                .put("bytesInAYear", (long) bytesThen)
                .put("restoreSeconds", line.time((long) stored).toSeconds());
        EstimateJson.put(document, texts);
        table.print(console);
        if (console.json()) {
            return;
        }
        console.line("the first run of all takes " + Sizes.time(first) + " for " + Sizes.text((long) used)
                + ", and stores " + Sizes.text((long) stored) + "; a later one adds "
                + Sizes.text((long) addedPerRun));
        console.line("a year from now it is at most " + Sizes.text((long) bytesThen));
        assumed.print(console, texts);
    }
}
