package org.clusterbackup.brickagent.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.clusterbackup.agent.backup.ProvedStream;
import org.clusterbackup.brickagent.child.ChildStream;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.brickagent.child.ToolVersion;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.Tool;

/**
 * A node's files and what was generated about the node, as one GNU tar with ACLs and extended attributes. Names are
 * relative to the host's root; what was generated lies in {@value #REPORTS}.
 */
public final class HostArchive implements ProvedStream {
    /** The folder of the generated files, in the archive. */
    public static final String REPORTS = "cluster-backup";

    private static final ToolVersion TAR = ToolVersion.of("tar", "--version");
    private static final int DIFFERS = 1;
    private static final int END_OF_ARCHIVE_BYTES = 1024;
    private static final int MAX_WARNINGS = 20;

    private final Path scratch;
    private final Messages messages;
    private final ChildStream child;

    private HostArchive(Path scratch, Messages messages, ChildStream child) {
        this.scratch = scratch;
        this.messages = messages;
        this.child = child;
    }

    /**
     * @param paths absolute paths on the host, which exist
     * @param reports generated files by name
     * @param scratchFolder where {@code reports} are kept until {@link #close}
     */
    public static HostArchive start(
            Path hostRoot, List<Path> paths, Map<String, String> reports, Path scratchFolder, Gentleness gentleness)
            throws BackupException {
        var scratch = write(reports, scratchFolder);
        var messages = new Messages();
        try {
            var child = ChildStream.start(command(hostRoot, paths, scratch), gentleness, messages::add);
            return new HostArchive(scratch, messages, child);
        } catch (BackupException e) {
            Scratch.delete(scratch);
            throw e;
        }
    }

    private static List<String> command(Path hostRoot, List<Path> paths, Path scratch) {
        var command = new ArrayList<>(List.of(
                "tar",
                "--create",
                "--file=-",
                "--format=posix",
                // Without these every archive of the same files would differ, and deduplicate badly.
                "--sort=name",
                "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
                "--xattrs",
                "--xattrs-include=*",
                "--acls",
                "--numeric-owner",
                "--sparse",
                // A socket cannot be kept and needs not be.
                "--warning=no-file-ignored",
                "--directory=" + scratch,
                REPORTS));
        if (!paths.isEmpty()) {
            // Without a name after it, tar fails.
            command.add("--directory=" + hostRoot);
        }
        // With ./ in front no name is taken for an option.
        paths.forEach(path -> command.add("./" + Path.of("/").relativize(path)));
        return command;
    }

    private static Path write(Map<String, String> reports, Path scratchFolder) throws BackupException {
        try {
            var scratch = Scratch.make(scratchFolder);
            var folder = Files.createDirectory(scratch.resolve(REPORTS));
            for (var report : reports.entrySet()) {
                Files.writeString(folder.resolve(report.getKey()), report.getValue());
            }
            return scratch;
        } catch (IOException e) {
            throw new BackupException(Kind.FAILED, "no place for generated files in " + scratchFolder + ": " + e, e)
                    .withHint("clusterbackup.scratch must name a folder that can be written");
        }
    }

    @Override
    public InputStream stream() {
        return child.stream();
    }

    @Override
    public Tool tool() {
        return TAR.tool();
    }

    /** Nobody knows before tar has read it all. */
    @Override
    public OptionalLong estimate() {
        return OptionalLong.empty();
    }

    /**
     * @throws BackupException SOURCE_INCOMPLETE unless tar ended with 0, or with 1 because a file changed while it was
     *     read, and the archive has its end
     */
    @Override
    public void requireComplete() throws BackupException {
        var exitCode = child.exitCode();
        if (exitCode != 0 && exitCode != DIFFERS) {
            throw new BackupException(
                            Kind.SOURCE_INCOMPLETE,
                            "tar of the host's state ended with exit code " + exitCode + ": " + messages.text())
                    .withHint("the agent needs CAP_DAC_READ_SEARCH to read other users' files");
        }
        if (child.bytes() == 0 || child.bytes() % END_OF_ARCHIVE_BYTES != 0 || !endsInZeros(child.tail())) {
            throw new BackupException(
                    Kind.SOURCE_INCOMPLETE,
                    "tar of the host's state has no end of archive after " + child.bytes() + " bytes");
        }
    }

    private static boolean endsInZeros(byte[] tail) {
        for (var b : tail) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** For the manifest: files that changed while they were read. */
    @Override
    public List<String> warnings() {
        return messages.kept();
    }

    @Override
    public void cancel() {
        child.cancel();
    }

    /** After this tar and the generated files are gone. */
    @Override
    public void close() {
        child.close();
        Scratch.delete(scratch);
    }

    private static final class Messages {
        private final List<String> lines = new ArrayList<>();
        private long dropped;

        synchronized void add(String line) {
            if (lines.size() < MAX_WARNINGS) {
                lines.add(line);
            } else {
                dropped++;
            }
        }

        synchronized List<String> kept() {
            var all = new ArrayList<>(lines);
            if (dropped > 0) {
                all.add("and " + dropped + " more messages of tar");
            }
            return List.copyOf(all);
        }

        String text() {
            return String.join("; ", kept());
        }
    }
}
