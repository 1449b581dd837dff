package org.clusterbackup.cli.recover;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.cli.recover.VolumeFacts.Member;
import org.clusterbackup.repository.artifact.Manifest;

/** Steps that bring Gluster servers and volumes back. */
final class GlusterSteps {
    private static final int STARTED_WITHIN_SECONDS = 60;
    private static final int HEALED_WITHIN_SECONDS = 86_400;
    /** Of what a host's state holds, what is Gluster's. */
    private static final Set<String> STATE =
            Set.of("/var/lib/glusterd", "/etc/glusterfs", "/var/log/glusterfs", "/var/lib/xfsdump");

    private static final String GLUSTERD = "var/lib/glusterd";
    private static final String REPLACED = "/var/lib/clusterbackup/replaced";

    private final Situation situation;
    private final GlusterControl control;

    GlusterSteps(Situation situation) {
        this.situation = situation;
        this.control = situation.control();
    }

    Step stop(String node) {
        return Step.of(
                        "stop-" + node,
                        node,
                        "stop Gluster",
                        "nothing may write to bricks or to glusterd's state while they are restored",
                        control.stop(node))
                .checked(Shell.await(20, gone("gluster(fs)?d")))
                .until(starting(node));
    }

    Step start(String node) {
        return Step.of(
                        starting(node),
                        node,
                        "start Gluster",
                        "glusterd reads what was restored, and starts the bricks of volumes that were started",
                        control.start(node))
                .checked(Shell.await(STARTED_WITHIN_SECONDS, control.gluster(node) + " pool list >/dev/null"));
    }

    private static String starting(String node) {
        return "start-" + node;
    }

    /** Formats the brick's disk and restores {@code from} to it, in one step: whoever comes back to it begins anew. */
    Step restoreBrick(VolumeFacts volume, Member member, ReplicaChoice from) {
        var chosen = from.brick();
        var commands = new ArrayList<>(format(member));
        commands.add(situation.tolerant(
                "restore",
                "brick",
                Situation.name(chosen.manifest().ref()),
                "--to",
                member.mountPoint(),
                "--no-live-partner"));
        var folder = chosen.path().equals(chosen.mountPoint())
                ? ""
                : chosen.path().substring(chosen.mountPoint().length() + 1);
        if (!folder.equals(member.folder())
                && !folder.isEmpty()
                && !member.folder().isEmpty()) {
            commands.add(Shell.line("mkdir", "-p", parent(member.path())));
            commands.add(Shell.line("mv", "-T", member.mountPoint() + "/" + folder, member.path()));
        }
        return Step.of(
                        "brick-" + member.node() + "-" + volume.name() + "-" + member.index(),
                        member.node(),
                        "restore brick " + member.index() + " of " + volume.name() + " to " + member.mountPoint(),
                        from.why(),
                        commands.toArray(String[]::new))
                .when(fit(volume, member, chosen))
                .checked(hasVolumeId(volume, member))
                .formatting(deviceName(member))
                .fetching(chosen.manifest().storedBytes());
    }

    /** What is done by hand: one machine does not see what others have done. */
    Step allRestored(String node) {
        return Step.of(
                "restored-" + node,
                node,
                "see that every other server is restored, too",
                "a server that is started takes one that is not restored yet for a live replica");
    }

    /** Succeeds when a brick of the set that holds data answers on another server. */
    String partnerAlive(VolumeFacts volume, Member member) {
        var asked = volume.partners(member).stream()
                .filter(other -> !volume.isArbiter(other) && !other.node().equals(member.node()))
                .map(other -> answers(volume, other, member.node()))
                .toList();
        return asked.isEmpty() ? "false" : String.join(" || ", asked);
    }

    private String answers(VolumeFacts volume, Member member, String node) {
        return "timeout 20 " + control.gluster(node) + " " + Shell.quote("--remote-host=" + member.host()) + " "
                + Shell.line("volume", "status", volume.name(), "" + member, "detail") + " | grep -q '^Online *: Y'";
    }

    /** All that can be known before a disk is formatted; it shows the disk to who is asked then. */
    private String fit(VolumeFacts volume, Member member, BrickFacts chosen) {
        var device = device(member);
        var lines = new ArrayList<String>();
        lines.add("for tool in mkfs.xfs xfsrestore getfattr setfattr mountpoint pgrep; do"
                + " command -v $tool >/dev/null || { echo \"no $tool\"; exit 1; }; done");
        lines.add("lsblk -o NAME,SIZE,FSTYPE,LABEL,UUID,MOUNTPOINT " + device + " 2>/dev/null || ls -lL " + device);
        lines.add("[ \"$(blockdev --getsize64 " + device + " 2>/dev/null || stat -L -c %s " + device + ")\" -ge "
                + chosen.usedBytes() + " ]");
        volume.partners(member).stream()
                .filter(other -> !other.node().equals(member.node()))
                .forEach(other -> lines.add("if " + answers(volume, other, member.node()) + "; then echo "
                        + Shell.quote(other + " is alive") + "; exit 1; fi"));
        lines.add(situation.command("keys", "check") + " >/dev/null");
        return String.join("\n", lines);
    }

    /** An empty brick, which the live partners fill. */
    Step emptyBrick(VolumeFacts volume, Member member) {
        var commands = new ArrayList<>(format(member));
        commands.add(Shell.line("mkdir", "-p", member.path()));
        return Step.of(
                        "format-" + member.node() + "-" + volume.name() + "-" + member.index(),
                        member.node(),
                        "make an empty file system for brick " + member.index() + " of " + volume.name(),
                        "its partners are alive: an old dump beside them would spread what is old over what is good",
                        commands.toArray(String[]::new))
                .checked(Shell.line("mountpoint", "-q", member.mountPoint()) + " && "
                        + Shell.line("test", "-d", member.path()))
                .formatting(deviceName(member));
    }

    /** @param node where it is said: any server will do */
    Step resetStart(VolumeFacts volume, Member member, String node) {
        return Step.of(
                        "reset-" + member.node() + "-" + volume.name() + "-" + member.index(),
                        node,
                        "take brick " + member.index() + " of " + volume.name() + " out",
                        "Gluster forgets what the brick held, so that its partners heal all of it",
                        // Once more it succeeds, too.
                        Shell.transaction(STARTED_WITHIN_SECONDS, reset(volume, member, node, "start")))
                .checked(Shell.await(STARTED_WITHIN_SECONDS, stands(volume, member, node, 'N')))
                .until(committing(volume, member));
    }

    private static String committing(VolumeFacts volume, Member member) {
        return "commit-" + member.node() + "-" + volume.name() + "-" + member.index();
    }

    Step resetCommit(VolumeFacts volume, Member member, String node) {
        var online = stands(volume, member, node, 'Y');
        return Step.of(
                        committing(volume, member),
                        node,
                        "put the empty brick " + member.index() + " of " + volume.name() + " in",
                        "from now on its partners heal it",
                        // Gluster refuses to put in again what is in, which its status shows only a second later.
                        online + " || { "
                                + Shell.transaction(
                                        STARTED_WITHIN_SECONDS,
                                        reset(volume, member, node, "" + member, "commit", "force"),
                                        "Source brick must be stopped")
                                + "; }")
                .checked(Shell.await(STARTED_WITHIN_SECONDS, online));
    }

    private String reset(VolumeFacts volume, Member member, String node, String... what) {
        var words = new ArrayList<>(List.of("volume", "reset-brick", volume.name(), "" + member));
        words.addAll(List.of(what));
        return control.gluster(node) + " " + Shell.line(words);
    }

    /** Succeeds when Gluster says that the brick is on line, or that it is not. */
    private String stands(VolumeFacts volume, Member member, String node, char online) {
        return control.gluster(node) + " " + Shell.line("volume", "status", volume.name(), "" + member, "detail")
                + " | grep -q '^Online *: " + online + "'";
    }

    /** Empty if the artifact has nothing of Gluster's. */
    Optional<Step> hostState(String node, Manifest state) {
        var kept = new ArrayList<String>();
        state.details().path("paths").forEach(path -> kept.add(path.asText()));
        var wanted = STATE.stream()
                .filter(folder -> kept.stream().anyMatch(path -> Path.of(folder).startsWith(path)))
                .sorted()
                .map(folder -> folder.substring(1))
                .toList();
        // Without a pattern everything would come back.
        return wanted.contains(GLUSTERD) ? Optional.of(hostState(node, state, wanted)) : Optional.empty();
    }

    private Step hostState(String node, Manifest state, List<String> wanted) {
        var words = new ArrayList<>(List.of("restore", "host-state", Situation.name(state.ref()), "--in-place"));
        words.addAll(wanted);
        return state(
                        node,
                        node,
                        "restore Gluster's state",
                        "{ " + situation.command(words.toArray(String[]::new))
                                + " --aside \"$old/files\"; } || [ $? -eq 3 ]")
                .fetching(state.storedBytes());
    }

    /** Gives {@code node} the state of the server that it was, renamed before it goes in place. */
    Step renamedState(String node, String was, Manifest state, NewServers servers) {
        return state(
                        node,
                        was,
                        "restore Gluster's state, and rename it",
                        servers.file("$old/new-names.yaml"),
                        "{ " + situation.command("restore", "host-state", Situation.name(state.ref()), GLUSTERD)
                                + " --to \"$old/was\"; } || [ $? -eq 3 ]",
                        "clusterbackup migrate --regenerate --mapping \"$old/new-names.yaml\" --root \"$old/was\""
                                + " || [ $? -eq 3 ]",
                        "cp -a \"$old/was/" + GLUSTERD + "/.\" /" + GLUSTERD + "/")
                .fetching(state.storedBytes());
    }

    /**
     * @param was the server's name when it was dumped
     * @param commands may use the folder {@code $old}, a new one each time: whoever was cut off in the middle comes here again
     */
    private Step state(String node, String was, String title, String... commands) {
        var step = Step.of(
                        "state-" + node,
                        node,
                        title,
                        "the server's identity, its peers and volumes; what was there is kept below " + REPLACED,
                        Shell.line("mkdir", "-p", REPLACED, "/" + GLUSTERD),
                        "old=$(mktemp -d " + REPLACED + "/state-XXXXXX)\n"
                                + "find /" + GLUSTERD + " -mindepth 1 -maxdepth 1 -exec mv -t \"$old\" {} +\n"
                                + String.join("\n", commands))
                .when(gone("glusterd"));
        return situation.bricks().stream()
                .filter(brick -> brick.node().equals(was))
                .findFirst()
                .map(brick -> step.checked(
                        Shell.line("grep", "-q", "^UUID=" + brick.server(), "/" + GLUSTERD + "/glusterd.info")))
                .orElse(step);
    }

    /**
     * A server that sees its peers may not be seen by them yet. One whose state is older than theirs then fetches their
     * volumes: a second or two after it has found them, for about a second in which it calls a volume stopped. Whoever
     * changes a volume before that is over changes an old one.
     */
    Step peers(String node, int servers) {
        var gluster = control.gluster(node);
        var all = " pool list | grep -c Connected)\" -ge " + servers + " ]";
        var volumes = " volume info 2>&1 | sort";
        return Step.of(
                "peers",
                node,
                "wait until all servers have found each other and agree on the volumes",
                "a volume needs its peers; each must be started by now",
                Shell.awaitSteady(
                        STARTED_WITHIN_SECONDS,
                        "( [ \"$(" + gluster + all + " || exit 1\nown=$(" + gluster + volumes + ")\nfor host in $("
                                + gluster
                                + " pool list | awk 'NR > 1 && $2 != \"localhost\" { print $2 }'); do [ \"$(" + gluster
                                + " --remote-host=\"$host\"" + all + " && [ \"$(" + gluster
                                + " --remote-host=\"$host\"" + volumes + ")\" = \"$own\" ] || exit 1; done )"));
    }

    Step volume(VolumeFacts volume, String node) {
        var gluster = control.gluster(node);
        var name = Shell.quote(volume.name());
        return Step.of(
                        "volume-" + volume.name(),
                        node,
                        "bring volume " + volume.name() + " on line",
                        "success is what the status says, not what the start says",
                        Shell.transaction(STARTED_WITHIN_SECONDS, gluster + " volume start " + name + " force"))
                .checked(online(volume, node));
    }

    private String online(VolumeFacts volume, String node) {
        return Shell.await(
                STARTED_WITHIN_SECONDS,
                "[ \"$(" + control.gluster(node) + " volume status " + Shell.quote(volume.name())
                        + " detail | grep -c '^Online *: Y')\" -eq "
                        + volume.members().size() + " ]");
    }

    Step heal(VolumeFacts volume, String node) {
        var gluster = control.gluster(node);
        var name = Shell.quote(volume.name());
        return Step.of(
                        "heal-" + volume.name(),
                        node,
                        "wait until " + volume.name() + " has healed",
                        "what some bricks lacked is copied from the others; no file may be in split-brain",
                        gluster + " volume heal " + name + " full >/dev/null || true",
                        Shell.await(HEALED_WITHIN_SECONDS, none(volume, node, "info", "Number of entries")))
                .checked(none(volume, node, "info split-brain", "Number of entries in split-brain"));
    }

    /** Succeeds when each brick answers that it has none; whoever cannot be asked has not said so. */
    private String none(VolumeFacts volume, String node, String what, String line) {
        return "[ \"$(" + control.gluster(node) + " volume heal " + Shell.quote(volume.name()) + " " + what
                + " | grep -c '^" + line + ": 0$')\" -eq " + volume.members().size() + " ]";
    }

    /** Succeeds when pgrep finds none, and not when it cannot look. */
    private static String gone(String programs) {
        return "{ found=0; pgrep -x '" + programs + "' >/dev/null || found=$?; [ $found -eq 1 ]; }";
    }

    /** All nodes that hold bricks of these volumes. */
    Set<String> nodes(List<VolumeFacts> volumes) {
        var nodes = new LinkedHashSet<String>();
        volumes.forEach(volume -> volume.members().forEach(member -> nodes.add(member.node())));
        return nodes;
    }

    private List<String> format(Member member) {
        var commands = new ArrayList<String>();
        var mount = Shell.quote(member.mountPoint());
        var device = device(member);
        commands.add("if mountpoint -q " + mount + "; then umount " + mount + "; fi");
        // By which fstab knows it; elsewhere the old file system may still be there, and no two of one UUID can be
        // mounted.
        var uuid = member.own()
                .filter(own ->
                        own.node().equals(member.node()) && own.mountPoint().equals(member.mountPoint()))
                .flatMap(BrickFacts::fileSystemUuid);
        commands.add("mkfs.xfs -q -f "
                + uuid.map(id -> "-m " + Shell.quote("uuid=" + id) + " ").orElse("") + device);
        commands.add("mkdir -p " + mount);
        commands.add("mount -o noatime " + device + " " + mount);
        return commands;
    }

    private static String hasVolumeId(VolumeFacts volume, Member member) {
        return Shell.line(
                        "getfattr", "--absolute-names", "-e", "hex", "-n", "trusted.glusterfs.volume-id", member.path())
                + " | grep -q " + Shell.quote("0x" + volume.newest().volumeId().replace("-", ""));
    }

    private String deviceName(Member member) {
        return situation.devices().getOrDefault(key(member), "$" + variable(member)) + ", for " + member.mountPoint()
                + " of " + member.node();
    }

    /** The device, or a variable of the environment that says it. */
    private String device(Member member) {
        var given = situation.devices().get(key(member));
        return given != null
                ? Shell.quote(given)
                : "\"${" + variable(member) + ":?set it to the block device of " + plain(member.mountPoint()) + "}\"";
    }

    private static String key(Member member) {
        return member.node() + ":" + member.mountPoint();
    }

    /** Names the device of a brick where the plan does not know it. */
    static String variable(Member member) {
        return "DEVICE_" + plain(member.node() + member.mountPoint());
    }

    private static String plain(String text) {
        return text.replaceAll("[^A-Za-z0-9]", "_");
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(1, path.lastIndexOf('/')));
    }
}
