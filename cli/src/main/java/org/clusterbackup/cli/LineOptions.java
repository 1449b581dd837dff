package org.clusterbackup.cli;

import org.clusterbackup.cli.recover.Line;
import picocli.CommandLine.Option;

/** How fast the line to a target is. */
final class LineOptions {
    private static final int BITS = 20;
    private static final long MOST = Long.MAX_VALUE >> BITS;

    @Option(
            names = "--bandwidth",
            paramLabel = "MIB",
            defaultValue = "100",
            description = "Of the line to the target, in MiB/s, for the times (default: ${DEFAULT-VALUE}).")
    private long bandwidth = 100;

    Line line() {
        return new Line(Math.clamp(bandwidth, 1, MOST) << BITS);
    }
}
