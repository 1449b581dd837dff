package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.clusterbackup.cli.estimate.Forecast;

/** What both forms of an estimate say to programs. */
final class EstimateJson {
    private EstimateJson() {}

    static void put(ObjectNode row, Forecast forecast) {
        row.put("everySeconds", forecast.every().toSeconds())
                .put("addedBytesPerRun", forecast.addedPerRun())
                .put("restsOnRuns", forecast.restsOn())
                .put("addedBytesPerYear", forecast.addedPerYear())
                .put("streamBytesInAYear", forecast.streamInAYear())
                .put("keptNow", forecast.keptNow())
                .put("keptInAYear", forecast.keptInAYear())
                .put("bytesInAYear", forecast.bytesInAYear());
    }

    static void put(ObjectNode document, List<String> assumed) {
        var texts = document.putArray("assumed");
        assumed.forEach(texts::add);
    }
}
