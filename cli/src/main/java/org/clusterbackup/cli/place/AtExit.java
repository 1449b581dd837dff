package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.clusterbackup.repository.BackupException;

/**
 * Takes care that a folder of working files is gone when the program is ended by a signal that can be caught. Whatever this
 * program started is ended first, so that nobody writes there any more.
 */
public final class AtExit {
    /** Several of these may end each other's programs. */
    private static final int ATTEMPTS = 20;

    /** Takes the folder away; may be asked again when it fails. */
    public interface Removal {
        void run() throws BackupException, IOException, InterruptedException;
    }

    private final Thread hook;

    private AtExit(Thread hook) {
        this.hook = hook;
    }

    /** @param removal takes {@code folder} away with all that is in it */
    public static AtExit remove(Path folder, Removal removal) {
        var hook = new Thread(() -> discard(folder, removal));
        Runtime.getRuntime().addShutdownHook(hook);
        return new AtExit(hook);
    }

    /** The folder is gone. */
    public void done() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is being ended: the hook finds nothing left.
        }
    }

    private static void discard(Path folder, Removal removal) {
        for (var attempt = 0; attempt < ATTEMPTS && Files.exists(folder, LinkOption.NOFOLLOW_LINKS); attempt++) {
            ProcessHandle.current().descendants().forEach(child -> {
                child.destroyForcibly();
                child.onExit().join();
            });
            try {
                removal.run();
            } catch (BackupException | IOException e) {
                // The thread that is being ended may have written, made or mounted something meanwhile.
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
