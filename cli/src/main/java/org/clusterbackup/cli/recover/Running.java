package org.clusterbackup.cli.recover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * The shells that carry out steps now, written down in a file: who is killed leaves them running, and whoever comes back would
 * format a disk that one of them still writes to. Thread-safe.
 */
final class Running {
    private static final int END_WITHIN_SECONDS = 30;

    /** In {@code /proc/PID/stat}, behind the name in parentheses. */
    private static final int START_TIME = 19;

    private final Path file;
    private final Map<Long, String> shells = new ConcurrentHashMap<>();

    Running(Path file) {
        this.file = file;
    }

    synchronized void add(ProcessHandle shell) throws IOException {
        var started = started(shell.pid());
        if (started.isPresent()) {
            shells.put(shell.pid(), shell.pid() + " " + started.get());
            write();
        }
    }

    synchronized void remove(ProcessHandle shell) throws IOException {
        if (shells.remove(shell.pid()) != null) {
            write();
        }
    }

    private void write() throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, shells.values(), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Ends what an earlier run left behind, with all that it started. A daemon that it started is its own master and stays.
     *
     * @return how many shells there were
     * @throws BackupException {@code BUSY} if one does not end
     */
    int endThoseLeft() throws BackupException, IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        var left = new ArrayList<ProcessHandle>();
        for (var line : Files.readAllLines(file)) {
            shell(line).ifPresent(left::add);
        }
        for (var shell : left) {
            // The shell first: it would begin its next command.
            var all = Stream.concat(Stream.of(shell), shell.descendants()).toList();
            all.forEach(ProcessHandle::destroyForcibly);
            requireEnd(all);
        }
        Files.delete(file);
        return left.size();
    }

    private static void requireEnd(Collection<ProcessHandle> all) throws BackupException {
        for (var process : all) {
            try {
                process.onExit().get(END_WITHIN_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new BackupException(
                        Kind.BUSY, "process " + process.pid() + ", which an earlier run started, does not end", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BackupException(Kind.FAILED, "interrupted", e);
            }
        }
    }

    private static Optional<ProcessHandle> shell(String line) throws IOException {
        var words = List.of(line.split(" ", 2));
        if (words.size() < 2 || !words.getFirst().matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        var process = Long.parseLong(words.getFirst());
        // Another process may have the number by now, and the machine may have been started again.
        return started(process).equals(Optional.of(words.getLast())) ? ProcessHandle.of(process) : Optional.empty();
    }

    /** What tells a process from every other that had or will have its number. */
    private static Optional<String> started(long process) throws IOException {
        var stat = Path.of("/proc", "" + process, "stat");
        if (!Files.exists(stat)) {
            return Optional.empty();
        }
        try {
            var text = Files.readString(stat);
            var fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
            return Optional.of(fields[START_TIME] + " "
                    + Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                            .strip());
        } catch (IOException e) {
            if (Files.exists(stat)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
