package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * What xfsrestore needs: without any one of them it drops owners, modes, devices, attributes or flags and says success.
 * {@code docs/operations/restore-pod.md} has what exactly. All but {@link #LINUX_IMMUTABLE} is what tar needs, too; with
 * {@link #DAC_READ_SEARCH}, which is for xfsdump.
 */
public enum Capability {
    CHOWN(0),
    DAC_OVERRIDE(1),
    DAC_READ_SEARCH(2),
    FOWNER(3),
    FSETID(4),
    LINUX_IMMUTABLE(9),
    SYS_ADMIN(21),
    MKNOD(27),
    SETFCAP(31);

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path USER_NAMESPACE = Path.of("/proc/self/ns/user");
    private static final String EFFECTIVE = "CapEff:";

    /** {@code PROC_USER_INIT_INO} of Linux' {@code proc_ns.h}. */
    private static final String FIRST_USER_NAMESPACE = "user:[4026531837]";

    private final int bit;

    Capability(int bit) {
        this.bit = bit;
    }

    /** Those that this process lacks to bring back a brick; children inherit what it has. In a user namespace that is all of them. */
    public static Set<Capability> missing() throws IOException {
        return missingOf(forBricks());
    }

    /** Those that it takes to bring back a brick. */
    public static Set<Capability> forBricks() {
        return EnumSet.complementOf(EnumSet.of(DAC_READ_SEARCH));
    }

    /** Those that this process lacks to dump a brick. */
    public static Set<Capability> missingForDumps() throws IOException {
        return missingOf(EnumSet.of(SYS_ADMIN, DAC_READ_SEARCH));
    }

    private static Set<Capability> missingOf(Set<Capability> needed) throws IOException {
        if (!inUserNamespace()) {
            needed.retainAll(missing(Files.readString(STATUS)));
        }
        return needed;
    }

    /** Those that this process lacks to bring back a tar. */
    public static Set<Capability> missingForTrees() throws IOException {
        var missing = missing();
        missing.remove(LINUX_IMMUTABLE);
        return missing;
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

    /**
     * Whether this process lives in a user namespace, as in a container without root of its own. There it has every
     * capability, and none counts for a file system that was mounted outside.
     */
    static boolean inUserNamespace() throws IOException {
        return Files.exists(USER_NAMESPACE)
                && !Files.readSymbolicLink(USER_NAMESPACE).toString().equals(FIRST_USER_NAMESPACE);
    }

    @Override
    public String toString() {
        return "CAP_" + name();
    }
}
