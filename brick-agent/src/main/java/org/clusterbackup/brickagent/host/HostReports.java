package org.clusterbackup.brickagent.host;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.clusterbackup.brickagent.dump.BrickRoot;
import org.clusterbackup.brickagent.xfs.BrickLocator;
import org.clusterbackup.gluster.Brick;
import org.clusterbackup.gluster.GlusterState;
import org.clusterbackup.gluster.Volume;
import org.clusterbackup.repository.BackupException;

/**
 * What a person who rebuilds the node asks for, as text, read from files and from {@code lsblk}: it holds as well when
 * glusterd is down. What cannot be read is said in the text; no report fails the archive.
 */
public final class HostReports {
    private static final Map<String, String> FILES = new TreeMap<>(Map.of(
            "mounts.txt", "/proc/self/mounts",
            "partitions.txt", "/proc/partitions",
            "fstab.txt", "/etc/fstab",
            "crypttab.txt", "/etc/crypttab",
            "hostname.txt", "/etc/hostname",
            "hosts.txt", "/etc/hosts",
            "resolv.conf.txt", "/etc/resolv.conf",
            "os-release.txt", "/etc/os-release",
            "kernel.txt", "/proc/version"));

    private static final String COLUMNS =
            "NAME,KNAME,TYPE,SIZE,FSTYPE,LABEL,UUID,PARTLABEL,PARTUUID,PKNAME,MOUNTPOINT,MODEL,SERIAL";

    private static final int LSBLK_SECONDS = 30;
    private static final int MOST = 1 << 20;

    private final Path hostRoot;
    private final BrickLocator locator;

    public HostReports(Path hostRoot) {
        this.hostRoot = hostRoot;
        this.locator = new BrickLocator(hostRoot);
    }

    /** Every report by its file name. */
    public SortedMap<String, String> write(GlusterState state, HostPaths paths) {
        var reports = new TreeMap<String, String>();
        reports.put("volume-info.txt", volumes(state));
        reports.put("peer-status.txt", peers(state));
        reports.put("paths.txt", paths(paths));
        reports.put("lsblk.txt", blockDevices());
        reports.put("addresses.txt", addresses());
        reports.put(
                "routes.txt",
                "# IPv4, as the kernel has it: addresses are little-endian hexadecimal\n"
                        + file(Path.of("/proc/self/net/route")) + "# IPv6\n"
                        + file(Path.of("/proc/self/net/ipv6_route")));
        FILES.forEach((name, path) -> reports.put(name, file(source(Path.of(path)))));
        for (var volume : state.volumes()) {
            volume.bricks().stream()
                    .filter(state::isOwn)
                    .forEach(brick ->
                            reports.put("brick-" + volume.name() + "-" + brick.index() + ".txt", brick(volume, brick)));
        }
        return reports;
    }

    /** The kernel's own files are not below the host's root. */
    private Path source(Path path) {
        return path.startsWith("/proc") ? path : HostPaths.below(hostRoot, path);
    }

    private static String file(Path path) {
        try {
            return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "# " + path + " could not be read: " + e.getClass().getSimpleName() + "\n";
        }
    }

    /** In the words of {@code gluster volume info}. */
    private static String volumes(GlusterState state) {
        var text = new StringBuilder(
                "# from " + state.root() + "; server UUID " + state.server().orElse("none: no glusterd") + "\n");
        for (var volume : state.volumes()) {
            text.append("\nVolume Name: ").append(volume.name());
            text.append("\nType: ").append(volume.typeName());
            text.append("\nVolume ID: ").append(volume.id());
            text.append("\nStatus: ").append(volume.started() ? "Started" : "Stopped");
            text.append("\nNumber of Bricks: ")
                    .append(volume.bricks().size())
                    .append(" in sets of ")
                    .append(volume.setSize());
            text.append("\nBricks:\n");
            for (var brick : volume.bricks()) {
                text.append("Brick")
                        .append(brick.index() + 1)
                        .append(": ")
                        .append(brick.host())
                        .append(':')
                        .append(brick.path());
                text.append(volume.isArbiter(brick) ? " (arbiter)" : "")
                        .append(state.isOwn(brick) ? " (this server)" : "")
                        .append('\n');
            }
        }
        state.broken().forEach((name, reason) -> text.append("\n# ")
                .append(name)
                .append(" could not be read: ")
                .append(reason.getMessage())
                .append('\n'));
        return text.toString();
    }

    private static String peers(GlusterState state) {
        return state.peers().stream()
                .map(peer -> "Hostname: " + String.join(" ", peer.hostnames()) + "\nUuid: " + peer.server()
                        + "\nState: " + peer.state() + "\n")
                .collect(Collectors.joining("\n"));
    }

    private static String paths(HostPaths paths) {
        return lines("in the archive:", paths.present())
                + lines("not on this node:", paths.absent())
                + lines("warnings:", paths.warnings());
    }

    private static String lines(String title, List<?> lines) {
        return title + "\n" + lines.stream().map(line -> "  " + line + "\n").collect(Collectors.joining());
    }

    /** What lies on which disk, and by which UUID it is mounted. */
    private static String blockDevices() {
        var command = List.of("lsblk", "--bytes", "--pairs", "--output", COLUMNS);
        try {
            var process = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .start();
            // A disk that does not answer must not hold up the archive for ever.
            var ended = process.onExit().orTimeout(LSBLK_SECONDS, TimeUnit.SECONDS);
            var _ = ended.whenComplete((_, _) -> process.destroyForcibly());
            try (var output = process.getInputStream()) {
                return new String(output.readNBytes(MOST), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            return "# lsblk could not be run: " + e.getMessage() + "\n";
        }
    }

    private static String addresses() {
        var text = new StringBuilder();
        try {
            for (var device : NetworkInterface.networkInterfaces()
                    .sorted(Comparator.comparingInt(NetworkInterface::getIndex))
                    .toList()) {
                var hardware = device.getHardwareAddress();
                text.append(device.getIndex()).append(": ").append(device.getName());
                text.append(" mtu ").append(device.getMTU());
                text.append(
                                hardware == null
                                        ? ""
                                        : " link " + HexFormat.ofDelimiter(":").formatHex(hardware))
                        .append('\n');
                device.getInterfaceAddresses().forEach(address -> text.append("    ")
                        .append(address.getAddress().getHostAddress())
                        .append('/')
                        .append(address.getNetworkPrefixLength())
                        .append('\n'));
            }
        } catch (SocketException e) {
            text.append("# addresses could not be read: ")
                    .append(e.getMessage())
                    .append('\n');
        }
        return text.toString();
    }

    private String brick(Volume volume, Brick brick) {
        var parts = new ArrayList<String>();
        parts.add("# volume " + volume.name() + ", volume-id " + volume.id() + ", brick " + brick.index() + " of "
                + volume.bricks().size() + ", replica set " + volume.setOf(brick) + "\n# " + brick.host() + ":"
                + brick.path() + "\n");
        try {
            var found = locator.locate(brick.path(), volume.id());
            parts.add("\n# the file system, mounted from " + found.device() + " at " + found.mountPoint() + "\n"
                    + found.geometry().text() + "used bytes " + found.usage().usedBytes() + "\nused inodes "
                    + found.usage().inodesUsed() + "\n");
            parts.add("\n# the brick's root, to be made again by\n"
                    + BrickRoot.of(found.brick()).text(brick.path()));
        } catch (BackupException e) {
            parts.add("\n# " + e.getMessage() + "\n");
        }
        return String.join("", parts);
    }
}
