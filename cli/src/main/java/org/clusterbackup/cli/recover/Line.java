package org.clusterbackup.cli.recover;

import java.time.Duration;

/** A line to a target, by what goes through it. */
public record Line(long bytesPerSecond) {
    /** @throws IllegalArgumentException if nothing goes through */
    public Line {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("a line that carries nothing: " + bytesPerSecond);
        }
    }

    /** That {@code bytes} take, a second at least. */
    public Duration time(long bytes) {
        return Duration.ofSeconds(Math.max(1, bytes / bytesPerSecond));
    }
}
