package org.clusterbackup.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.clusterbackup.cli.recover.Line;
import org.clusterbackup.repository.BackupException;

/**
 * What an estimate takes for granted.
 *
 * @param policy empty if nothing is ever deleted
 * @param every time between runs, if it was said
 * @param change percentage that a run adds where no run tells
 */
record Assumptions(Optional<String> policy, Optional<Duration> every, double change) {
    /** Sentences without their ends. */
    List<String> texts(Line line) {
        var texts = new ArrayList<String>();
        texts.add(policy.map(said ->
                        said + ", by a prune that comes often; condemned packs stay for its grace" + " period longer")
                .orElse("nothing is ever deleted: no --keep option was given"));
        texts.add(every.map(said -> "a run comes every " + Sizes.time(said))
                .orElse("runs come as often as so far, the"
                        + " median of what manifests and ledger say; of what has run once, daily"));
        texts.add("where no earlier run tells, a run adds " + percent() + " % of what is stored");
        texts.add("each kept artifact needs all that runs between it and the next one added: bytes are an upper"
                + " estimate");
        texts.add("the line carries " + Sizes.text(line.bytesPerSecond()) + "/s, and nothing else is slower");
        return texts;
    }

    private String percent() {
        return String.format(Locale.ROOT, change == Math.rint(change) ? "%.0f" : "%s", change);
    }

    /** Prints them below a table. */
    void print(Console console, List<String> texts) throws BackupException {
        console.line("assumed:");
        for (var text : texts) {
            console.line("- " + text);
        }
    }
}
