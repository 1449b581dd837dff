package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What xfsrestore and tar need: without any one of them they drop owners, devices or attributes and say success. */
public enum Capability {
    CHOWN(0),
    DAC_OVERRIDE(1),
    DAC_READ_SEARCH(2),
    FOWNER(3),
    FSETID(4),
    SYS_ADMIN(21),
    MKNOD(27),
    SETFCAP(31);

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String EFFECTIVE = "CapEff:";

    private final int bit;

    Capability(int bit) {
        this.bit = bit;
    }

    /** Those that this process lacks; children inherit what it has. */
    public static Set<Capability> missing() throws IOException {
        return missing(Files.readString(STATUS));
    }

    static Set<Capability> missing(String status) {
        var mask = status.lines()
                .filter(line -> line.startsWith(EFFECTIVE))
                .map(line -> Long.parseUnsignedLong(
                        line.substring(EFFECTIVE.length()).strip(), 16))
                .findFirst()
                .orElse(0L);
        var missing = EnumSet.noneOf(Capability.class);
        Arrays.stream(values()).filter(one -> (mask >>> one.bit & 1) == 0).forEach(missing::add);
        return missing;
    }

    @Override
    public String toString() {
        return "CAP_" + name().toUpperCase(Locale.ROOT);
    }
}
