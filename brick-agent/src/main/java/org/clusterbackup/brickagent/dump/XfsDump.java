package org.clusterbackup.brickagent.dump;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.clusterbackup.agent.backup.ProvedStream;
import org.clusterbackup.brickagent.child.ChildStream;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.Tool;

/**
 * A level 0 dump of a mounted XFS file system. Always level 0 and without inventory: a chain of levels brings removed
 * attributes back when it is restored, and one interrupted session blocks the next; deduplication makes up for it.
 */
public final class XfsDump implements ProvedStream {
    /** xfsdump truncates longer labels, and two dumps of one source shall begin alike. */
    private static final int MAX_LABEL = 255;

    private static final String MEDIA_LABEL = "clusterbackup";
    private static final int PROGRESS_SECONDS = 2;

    private final Path mountPoint;
    private final DumpLog log;
    private final ChildStream child;

    private XfsDump(Path mountPoint, DumpLog log, ChildStream child) {
        this.mountPoint = mountPoint;
        this.log = log;
        this.child = child;
    }

    /** @param label stands in the stream's header: the source's name */
    public static XfsDump start(Path mountPoint, String label, Gentleness gentleness) throws BackupException {
        var log = new DumpLog();
        var command = List.of(
                "xfsdump",
                "-J",
                "-F",
                "-p",
                Integer.toString(PROGRESS_SECONDS),
                "-l",
                "0",
                "-L",
                label.length() > MAX_LABEL ? label.substring(0, MAX_LABEL) : label,
                "-M",
                MEDIA_LABEL,
                "-",
                mountPoint.toString());
        return new XfsDump(mountPoint, log, ChildStream.start(command, gentleness, log::add));
    }

    @Override
    public InputStream stream() {
        return child.stream();
    }

    @Override
    public Tool tool() {
        return new Tool("xfsdump", log.version());
    }

    /** Bytes read of the stream so far. */
    public long bytes() {
        return child.bytes();
    }

    /** What xfsdump expects the stream to be, once it has looked. */
    @Override
    public OptionalLong estimate() {
        return log.estimate();
    }

    /**
     * How many files, folders not counted, the dump set out to hold; short dumps end before xfsdump says it.
     */
    public OptionalLong files() {
        return log.files();
    }

    public long pid() {
        return child.pid();
    }

    /**
     * Asks for all three signs of a good dump; a killed xfsdump and a finished one both look like end of file.
     *
     * @throws BackupException SOURCE_INCOMPLETE unless the exit code is 0, the last status is SUCCESS, the size that
     *     xfsdump claims is what was read, and nothing but files deleted meanwhile was warned about
     */
    @Override
    public void requireComplete() throws BackupException {
        var exitCode = child.exitCode();
        if (exitCode != 0 || !log.succeeded()) {
            throw refuse("ended with exit code " + exitCode + " and status " + log.status() + ": " + log.lastWords());
        }
        var claimed = log.mediaFileSize();
        if (claimed.isEmpty() || claimed.getAsLong() != child.bytes()) {
            throw refuse("wrote " + (claimed.isEmpty() ? "an unknown number of" : claimed.getAsLong())
                    + " bytes by its own account, " + child.bytes() + " arrived");
        }
        var problems = log.problems();
        if (!problems.isEmpty()) {
            throw refuse("left something out: " + String.join("; ", problems.subList(0, Math.min(3, problems.size())))
                    + (problems.size() > 3 ? " and " + (problems.size() - 3) + " more" : ""));
        }
    }

    private BackupException refuse(String what) {
        return new BackupException(Kind.SOURCE_INCOMPLETE, "xfsdump of " + mountPoint + " " + what)
                .withHint("look into the kernel log for errors of the disk or of XFS; the next attempt begins anew");
    }

    @Override
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        if (log.deletedMeanwhile() > 0) {
            warnings.add(log.deletedMeanwhile() + " files were deleted while the live file system was dumped");
        }
        if (log.bare() > 0) {
            warnings.add(log.bare() + " were deleted just as they were dumped, and are there without attributes");
        }
        return warnings;
    }

    @Override
    public void cancel() {
        child.cancel();
    }

    /** After this xfsdump is gone. */
    @Override
    public void close() {
        child.close();
    }
}
