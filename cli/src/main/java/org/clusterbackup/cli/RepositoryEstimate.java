package org.clusterbackup.cli;

import org.clusterbackup.cli.estimate.Forecast;
import org.clusterbackup.cli.estimate.History;
import org.clusterbackup.cli.recover.Line;
import org.clusterbackup.repository.BackupException;

/** What a repository's sources take and will take, as a table and in all. */
final class RepositoryEstimate {
    private final Line line;
    private final Assumptions assumed;
    private final Table table = new Table(
            "sources",
            "SOURCE",
            "RUNS",
            "STREAM",
            "STORED",
            "TOOK",
            "EVERY",
            "RUN ADDS",
            "YEAR ADDS",
            "KEPT",
            "STREAM THEN",
            "KEPT THEN",
            "BYTES THEN",
            "RESTORE");
    private int sources;
    private long artifacts;
    private double stored;
    private double own;
    private double addedPerRun;
    private double addedPerYear;
    private long kept;
    private long keptThen;
    private double bytesThen;

    RepositoryEstimate(Line line, Assumptions assumed) {
        this.line = line;
        this.assumed = assumed;
    }

    void add(History history, Forecast forecast) {
        var newest = history.newest();
        sources++;
        artifacts += history.runs().size();
        stored += newest.storedBytes();
        own += history.ownBytes();
        addedPerRun += history.retired() ? 0 : forecast.addedPerRun();
        addedPerYear += forecast.addedPerYear();
        kept += forecast.keptNow();
        keptThen += forecast.keptInAYear();
        bytesThen += forecast.bytesInAYear();
        var row = table.row(
                        history.source(),
                        history.runs().size() + (history.missed() == 0 ? "" : ", " + history.missed() + " missed"),
                        Sizes.text(newest.streamBytes()),
                        Sizes.text(newest.storedBytes()),
                        Sizes.time(newest.took()),
                        history.retired() ? "retired" : Sizes.time(forecast.every()),
                        Sizes.text(forecast.addedPerRun()) + rests(forecast),
                        Sizes.text(forecast.addedPerYear()),
                        forecast.keptNow(),
                        Sizes.text(forecast.streamInAYear()),
                        forecast.keptInAYear(),
                        Sizes.text(forecast.bytesInAYear()),
                        Sizes.time(line.time(newest.storedBytes())))
                .put("source", history.source().value())
                .put("artifacts", history.runs().size())
                .put("missedRuns", history.missed())
                .put("retired", history.retired())
                .put("streamBytes", newest.streamBytes())
                .put("storedBytes", newest.storedBytes())
                .put("ownBytes", history.ownBytes())
                .put("seconds", newest.took().toSeconds())
                .put("meanSeconds", history.meanTook().toSeconds());
        EstimateJson.put(row, forecast);
        row.put("restoreSeconds", line.time(newest.storedBytes()).toSeconds());
    }

    private static String rests(Forecast forecast) {
        return forecast.restsOn() == 0 ? " (assumed)" : " (of " + forecast.restsOn() + ")";
    }

    /** @param packs that lie there, of so many {@code bytes} */
    void print(Console console, String place, long packs, long bytes) throws BackupException {
        var texts = assumed.texts(line);
        var document = table.document();
        document.put("artifacts", artifacts).put("packs", packs).put("bytes", bytes);
        document.put("ownBytes", (long) own).put("storedBytes", (long) stored);
        document.put("addedBytesPerRun", (long) addedPerRun).put("addedBytesPerYear", (long) addedPerYear);
        document.put("keptNow", kept).put("keptInAYear", keptThen).put("bytesInAYear", (long) bytesThen);
        document.put("uploadRunSeconds", line.time((long) addedPerRun).toSeconds())
                .put("uploadAllSeconds", line.time((long) own).toSeconds())
                .put("restoreSeconds", line.time((long) stored).toSeconds());
        EstimateJson.put(document, texts);
        table.print(console);
        if (console.json()) {
            return;
        }
        if (sources == 0) {
            console.line(place + " has no artifact yet: --place estimates from what is to be backed up");
            return;
        }
        console.line("now " + artifacts + " artifacts of " + sources + " sources at " + place + ": " + Sizes.text(bytes)
                + " in " + packs + " packs; the policy keeps " + kept);
        console.line("a year from now " + keptThen + " artifacts: at most " + Sizes.text((long) bytesThen));
        console.line("a run of all adds " + Sizes.text((long) addedPerRun) + ", "
                + Sizes.time(line.time((long) addedPerRun)) + " to upload; a year of them "
                + Sizes.text((long) addedPerYear));
        console.line("the newest of each is " + Sizes.text((long) own) + ", " + Sizes.time(line.time((long) own))
                + " to a new target; to restore each is " + Sizes.text((long) stored) + ", "
                + Sizes.time(line.time((long) stored)));
        assumed.print(console, texts);
    }
}
