package org.clusterbackup.brickagent.child;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a program that reads a live file system makes way for the cluster's own work.
 *
 * @param ioClass which disk time it gets
 * @param nice 0 to 19, as nice(1)
 * @param bytesPerSecond how fast its output is read at most; 0 for no limit
 */
public record Gentleness(IoClass ioClass, int nice, long bytesPerSecond) {
    private static final int LOWEST_NICE = 19;
    private static final List<Path> FOLDERS = List.of(Path.of("/usr/bin"), Path.of("/bin"));

    /** The kernel's scheduling classes for disk time; the device's I/O scheduler decides what they are worth. */
    public enum IoClass {
        /** As every other program. */
        NORMAL,
        /** The last of the ordinary ones. */
        LOW,
        /** Only while nobody else uses the disk: on a busy one a dump may take for ever. */
        IDLE;

        private List<String> arguments() {
            return switch (this) {
                case NORMAL -> List.of();
                case LOW -> List.of("-c", "2", "-n", "7");
                case IDLE -> List.of("-c", "3");
            };
        }
    }

    public static final Gentleness NONE = new Gentleness(IoClass.NORMAL, 0, 0);

    public Gentleness {
        if (nice < 0 || nice > LOWEST_NICE || bytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "nice must be 0 to 19 and the rate not negative: " + nice + ", " + bytesPerSecond);
        }
    }

    /** {@code command} under ionice(1) and nice(1), which replace themselves by it; without them as it is. */
    List<String> applyTo(List<String> command) {
        var words = new ArrayList<String>();
        if (ioClass != IoClass.NORMAL && isInstalled("ionice")) {
            words.add("ionice");
            // -t: a container that may not set priorities dumps all the same.
            words.add("-t");
            words.addAll(ioClass.arguments());
        }
        if (nice > 0 && isInstalled("nice")) {
            words.addAll(List.of("nice", "-n", Integer.toString(nice)));
        }
        words.addAll(command);
        return words;
    }

    private static boolean isInstalled(String program) {
        return FOLDERS.stream().anyMatch(folder -> Files.isExecutable(folder.resolve(program)));
    }
}
