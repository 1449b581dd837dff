package org.clusterbackup.cli.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.clusterbackup.cli.place.Capability;
import org.clusterbackup.cli.place.Mount;
import org.clusterbackup.gluster.Brick;
import org.clusterbackup.gluster.GlusterState;
import org.clusterbackup.gluster.GlusterStateReader;
import org.clusterbackup.gluster.Volume;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Whether a Gluster server's bricks can be dumped from here. */
public final class NodeCheckup {
    private static final List<String> PROGRAMS = List.of("xfsdump", "xfsrestore", "tar");

    private final Path root;
    private final Path glusterd;
    private final String path;
    private final Checkup checkup;

    /**
     * @param root what the node's paths lie below: {@code /}, or where a pod has them
     * @param glusterd its working directory
     * @param path folders of programs, as in {@code $PATH}
     */
    public NodeCheckup(Path root, Path glusterd, String path, Checkup checkup) {
        this.root = root;
        this.glusterd = glusterd;
        this.path = path;
        this.checkup = checkup;
    }

    public void run() {
        checkup.look("capabilities", NodeCheckup::capabilities);
        PROGRAMS.forEach(program -> checkup.look(program, () -> program(program)));
        checkup.look("glusterd", this::bricks);
    }

    private static String capabilities() throws BackupException, IOException {
        var missing = Capability.missingForDumps();
        if (!missing.isEmpty()) {
            throw new BackupException(
                            Kind.NOT_PERMITTED,
                            "this process lacks "
                                    + missing.stream().map(Capability::toString).collect(Collectors.joining(", ")))
                    .withHint("run it as root, or as the brick-agent runs");
        }
        return "xfsdump has what it needs";
    }

    private String program(String name) throws BackupException {
        return Arrays.stream(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElseThrow(() -> new BackupException(Kind.NOT_FOUND, "not among the programs of " + path)
                        .withHint("Debian has it in package " + (name.equals("tar") ? "tar" : "xfsdump")));
    }

    private String bricks() throws BackupException {
        var state = new GlusterStateReader(glusterd).read();
        state.broken().forEach((what, why) -> checkup.bad(what, Kind.DAMAGED, String.valueOf(why.getMessage())));
        if (state.server().isEmpty()) {
            return "no Gluster server here: host state only";
        }
        var own = 0;
        for (var volume : state.volumes()) {
            own += bricks(state, volume);
        }
        return "server " + state.server().get() + " with " + own + (own == 1 ? " brick" : " bricks");
    }

    private int bricks(GlusterState state, Volume volume) {
        var own = volume.bricks().stream().filter(state::isOwn).toList();
        own.forEach(brick -> checkup.look("brick " + volume.name() + "/" + brick.index(), () -> brick(brick)));
        return own.size();
    }

    private String brick(Brick brick) throws BackupException, IOException {
        var place = root.resolve(Path.of("/").relativize(brick.realPath()));
        if (!Files.isDirectory(place)) {
            throw new BackupException(Kind.NOT_FOUND, "there is no folder " + place)
                    .withHint("is its file system mounted, and seen from here?");
        }
        var mount = Mount.of(place.toRealPath())
                .orElseThrow(() -> new BackupException(Kind.NOT_FOUND, "no mount holds " + place));
        if (!mount.type().equals("xfs")) {
            throw new BackupException(
                    Kind.TARGET_UNFIT, place + " lies on " + mount.type() + " at " + mount.point() + ", not on XFS");
        }
        return "XFS at " + mount.point();
    }
}
