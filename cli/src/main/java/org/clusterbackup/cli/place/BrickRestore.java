package org.clusterbackup.cli.place;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.cli.dump.DumpedFiles;
import org.clusterbackup.cli.dump.Inodes;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.Manifest;

/**
 * Brings the dump of a brick back into a file system that was checked for it, and proves that all of it arrived. Until then a
 * marker there says not to use it; a restore that fails or is killed leaves the marker.
 */
public record BrickRestore(Manifest manifest, BrickPlace place) {
    /** Writes the proved stream of an artifact. */
    public interface Feed {
        /** @throws BackupException {@code FAILED} with the {@link IOException} as its cause if {@code out} does not take it */
        void to(OutputStream out) throws BackupException;
    }

    /** Restores everything; it is on the disk when this returns. */
    public RestoredFiles whole(Feed feed) throws BackupException, IOException, InterruptedException {
        var dumped = run(feed, List.of());
        var found = RestoredFiles.count(place.mountPoint());
        found.requireAll(dumped);
        BrickRoot.restore(manifest, place.mountPoint());
        Trees.sync(place.mountPoint());
        new UnusableMarker(place.mountPoint().resolve(UnusableMarker.NAME)).remove();
        Trees.sync(place.mountPoint());
        return found;
    }

    /**
     * Restores some paths with all that is below them; the marker stays, since this is no whole file system. Whether all files
     * that were asked for are there is for the caller to look.
     *
     * @param paths relative to the root of the dumped file system, as {@link XfsRestore#some} takes them
     * @return which files are in the dump; empty if xfsrestore had all it was asked for before the dump's end
     */
    public Optional<Inodes> some(List<String> paths, Feed feed)
            throws BackupException, IOException, InterruptedException {
        var dumped = run(feed, paths);
        Trees.sync(place.mountPoint());
        return dumped;
    }

    /** Says what became of it. */
    public interface Report {
        String text() throws BackupException, IOException;
    }

    /** Restores what {@code feed} has, which is not all; the marker stays, and says so. */
    public void remains(Feed feed, Report report) throws BackupException, IOException, InterruptedException {
        run(feed, List.of());
        BrickRoot.restore(manifest, place.mountPoint());
        Trees.sync(place.mountPoint());
        new UnusableMarker(place.mountPoint().resolve(UnusableMarker.NAME))
                .write("This is not the whole file system, but what was left of its dump: " + report.text()
                        + ". Copy files out of it, and let no brick be served from it.\n");
    }

    private Optional<Inodes> run(Feed feed, List<String> paths)
            throws BackupException, IOException, InterruptedException {
        var ref = manifest.ref();
        var marker = UnusableMarker.put(place.mountPoint(), ref.toString());
        try (var restoring =
                paths.isEmpty() ? XfsRestore.into(place.mountPoint()) : XfsRestore.some(place.mountPoint(), paths)) {
            var dumped = feed(feed, restoring, !paths.isEmpty());
            restoring.finish();
            return dumped.files();
        } catch (BackupException e) {
            marker.say("The restore of " + ref + " failed: " + e.getMessage() + ".\n");
            throw e.hint().isPresent()
                    ? e
                    : e.withHint(place.mountPoint() + " must not be used: make a new file system and restore again");
        }
    }

    /** @param mayStop whether xfsrestore stops reading when it has all that it was asked for */
    private static DumpedFiles feed(Feed feed, XfsRestore restoring, boolean mayStop)
            throws BackupException, InterruptedException {
        var dumped = new DumpedFiles(restoring.stdin());
        try {
            feed.to(dumped);
            dumped.close();
        } catch (BackupException e) {
            if (e.kind() != Kind.FAILED || !(e.getCause() instanceof IOException writing)) {
                throw e;
            }
            if (!mayStop) {
                throw restoring.endedEarly(writing);
            }
        } catch (IOException e) {
            if (!mayStop) {
                throw restoring.endedEarly(e);
            }
        }
        return dumped;
    }
}
