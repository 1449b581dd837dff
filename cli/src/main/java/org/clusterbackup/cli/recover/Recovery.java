package org.clusterbackup.cli.recover;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;

/**
 * Carries out the steps of a plan that belong to one machine, one after the other. What is done is written down, so that
 * whoever comes back goes on behind it; a step that was cut off begins anew.
 */
public final class Recovery {
    private final Plan plan;
    private final Path done;
    private final Map<String, String> environment;
    private final Listener listener;

    /** Hears what happens, and answers what only a person can. */
    public interface Listener {
        void skipped(Step step, String why);

        void begins(Step step);

        void ended(Step step, Duration took);

        boolean mayFormat(String what);

        /** Whether a person has done what only a person can do. */
        boolean isDone(Step step);
    }

    /**
     * @param bytes of the plan: what is done is known by their digest
     * @param state a folder of this machine
     * @param environment added to that of the steps' commands
     */
    public Recovery(Plan plan, byte[] bytes, Path state, Map<String, String> environment, Listener listener) {
        this.plan = plan;
        this.done = state.resolve(Sha256.of(bytes).hex().substring(0, 16) + ".done");
        this.environment = Map.copyOf(environment);
        this.listener = listener;
    }

    /** Of the plan, in order. */
    public List<Step> steps(Predicate<Step> wanted) {
        return plan.steps().stream().filter(wanted).toList();
    }

    /** What was done here already. */
    public Set<String> done() throws IOException {
        return Files.exists(done) ? new HashSet<>(Files.readAllLines(done)) : Set.of();
    }

    /**
     * Does {@code steps}, but for what is done.
     *
     * @throws BackupException {@code BUSY}; {@code WARNINGS} when the rest waits for a person; {@code FAILED} with the step's name when it or its check did not succeed; the steps before
     *     it stay done
     */
    public void run(List<Step> steps) throws BackupException, IOException, InterruptedException {
        Files.createDirectories(done.toAbsolutePath().getParent());
        try (var file = FileChannel.open(
                        done.resolveSibling(done.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                var lock = file.tryLock()) {
            if (lock == null) {
                throw new BackupException(Kind.BUSY, "another process carries out this plan here");
            }
            runAlone(steps);
        } catch (OverlappingFileLockException e) {
            throw new BackupException(Kind.BUSY, "another thread carries out this plan here", e);
        }
    }

    private void runAlone(List<Step> steps) throws BackupException, IOException, InterruptedException {
        var before = done();
        for (var step : steps) {
            var name = step.where() + "/" + step.id();
            if (before.contains(name)) {
                listener.skipped(step, "done before");
                continue;
            }
            var started = System.nanoTime();
            run(step);
            Files.write(
                    done,
                    (name + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    StandardOpenOption.SYNC);
            listener.ended(step, Duration.ofNanos(System.nanoTime() - started));
        }
    }

    private void run(Step step) throws BackupException, IOException, InterruptedException {
        listener.begins(step);
        if (step.ready().isPresent() && shell(step.ready().get()) != 0) {
            throw failed(step, "it may not begin yet: " + step.ready().get());
        }
        if (step.formats().isPresent() && !listener.mayFormat(step.formats().get())) {
            throw failed(step, "nothing was formatted");
        }
        if (step.commands().isEmpty() && !listener.isDone(step)) {
            throw new BackupException(Kind.WARNINGS, "the rest waits for this: " + step.title())
                    .withHint("run it again with --done when that is done");
        }
        for (var command : step.commands()) {
            var exit = shell(command);
            if (exit != 0) {
                throw failed(step, "exit " + exit + " of: " + command);
            }
        }
        if (step.check().isPresent() && shell(step.check().get()) != 0) {
            throw failed(
                    step,
                    "it ended well, but this says it did not: " + step.check().get());
        }
    }

    private static BackupException failed(Step step, String reason) {
        return new BackupException(Kind.FAILED, "step " + step.id() + ", " + step.title() + ": " + reason)
                .withHint("run it again when that is mended: what is done is not done again");
    }

    /** Commands say what they do on stderr: stdout is for results. */
    private int shell(String command) throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of("sh", "-euc", "exec 1>&2\n" + command));
        var builder = new ProcessBuilder(words).inheritIO();
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            return process.waitFor();
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }
}
