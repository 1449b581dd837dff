package org.clusterbackup.cli.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.clusterbackup.cli.place.Trees;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * A cluster that is to be: each of its members gets a data directory {@code <folder>/<name>}.
 *
 * @param token tells it from every other cluster, so that a member of the old one that comes back is not taken in
 */
public record NewCluster(Path folder, List<NewMember> members, String token) {
    public NewCluster {
        members = List.copyOf(members);
    }

    /**
     * Before anything is read.
     *
     * @throws BackupException {@code USAGE} for two members of one name; {@code TARGET_UNFIT} if a data directory is there
     */
    public void check() throws BackupException {
        var names = new HashSet<String>();
        for (var member : members) {
            if (!names.add(member.name())) {
                throw new BackupException(Kind.USAGE, "two members are named " + member.name());
            }
            if (Files.exists(place(member))) {
                throw new BackupException(Kind.TARGET_UNFIT, place(member) + " is there already")
                        .withHint("move it away, or restore to another folder");
            }
        }
    }

    /** Where the snapshot may lie meanwhile: beside what is made of it, readable by this user only. */
    public Path working() throws IOException {
        Files.createDirectories(folder);
        return Files.createTempFile(folder, ".restoring-", ".snapshot");
    }

    /**
     * Makes all data directories under other names first: when it returns they are whole and on the disk, and when it throws
     * none of them is there.
     *
     * @throws BackupException as {@link EtcdTool#restore}
     */
    public void make(EtcdTool tool, Path snapshot, long bump)
            throws BackupException, IOException, InterruptedException {
        try {
            for (var member : members) {
                Trees.delete(unfinished(member));
                tool.restore(snapshot, unfinished(member), member, initialCluster(), token, bump);
            }
            Trees.sync(folder);
            for (var member : members) {
                Files.move(unfinished(member), place(member), StandardCopyOption.ATOMIC_MOVE);
            }
            Trees.sync(folder);
        } finally {
            for (var member : members) {
                Trees.delete(unfinished(member));
            }
        }
    }

    public Path place(NewMember member) {
        return folder.resolve(member.name());
    }

    private Path unfinished(NewMember member) {
        return folder.resolve(".restoring-" + member.name());
    }

    private String initialCluster() {
        return members.stream().map(NewMember::toString).collect(Collectors.joining(","));
    }

    /** What starts {@code member}; TLS and other options are as they were, and not known here. */
    public String startCommand(NewMember member) {
        return String.join(
                " ",
                "etcd",
                "--name=" + member.name(),
                "--data-dir=" + place(member),
                "--initial-advertise-peer-urls=" + member.peer(),
                "--listen-peer-urls=" + member.peer(),
                "--initial-cluster=" + initialCluster(),
                "--initial-cluster-token=" + token,
                "--initial-cluster-state=new",
                "--listen-client-urls=" + member.client(),
                "--advertise-client-urls=" + member.client());
    }
}
