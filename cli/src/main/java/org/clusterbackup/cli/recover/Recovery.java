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
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.Tasks;

/**
 * Carries out the steps of a plan that belong to one machine, one after the other; disks of bricks also side by side. What is
 * done is written down, so that whoever comes back goes on behind it; a step that was cut off begins anew.
 */
public final class Recovery {
    private final Plan plan;
    private final Path done;
    private final Running running;
    private final Map<String, String> environment;
    private final Listener listener;

    /** Hears what happens, and answers what only a person can; of several steps at once {@link #ended} comes from their threads. */
    public interface Listener {
        void skipped(Step step, String why);

        /** Programs of a run that was killed still worked, and are ended. */
        void endedLeftovers(int shells);

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
        var name = Sha256.of(bytes).hex().substring(0, 16);
        this.done = state.resolve(name + ".done");
        this.running = new Running(state.resolve(name + ".running"));
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
     * @param again ids of steps that are done although they were done before
     * @param atOnce how many disks are made and filled at the same time
     * @throws BackupException {@code BUSY}; {@code WARNINGS} when the rest waits for a person; {@code FAILED} with the step's
     *     name when it or its check did not succeed, or what was done before no longer holds; the steps before it stay done
     */
    public void run(List<Step> steps, Set<String> again, int atOnce)
            throws BackupException, IOException, InterruptedException {
        Files.createDirectories(done.toAbsolutePath().getParent());
        try (var file = FileChannel.open(
                        done.resolveSibling(done.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                var lock = file.tryLock()) {
            if (lock == null) {
                throw new BackupException(Kind.BUSY, "another process carries out this plan here");
            }
            var left = running.endThoseLeft();
            if (left > 0) {
                listener.endedLeftovers(left);
            }
            runAlone(steps, again, atOnce);
        } catch (OverlappingFileLockException e) {
            throw new BackupException(Kind.BUSY, "another thread carries out this plan here", e);
        }
    }

    private void runAlone(List<Step> steps, Set<String> again, int atOnce)
            throws BackupException, IOException, InterruptedException {
        var before = done();
        Predicate<Step> toDo = step -> again.contains(step.id()) || !before.contains(name(step));
        requireHolds(steps, toDo);
        for (var at = 0; at < steps.size(); ) {
            var step = steps.get(at++);
            if (!toDo.test(step)) {
                listener.skipped(step, "done before");
                continue;
            }
            var together = new ArrayList<>(List.of(step));
            while (atOnce > 1
                    && step.ownDisk()
                    && at < steps.size()
                    && steps.get(at).ownDisk()
                    && toDo.test(steps.get(at))) {
                together.add(steps.get(at++));
            }
            run(together, atOnce);
        }
    }

    private static String name(Step step) {
        return step.where() + "/" + step.id();
    }

    /**
     * A machine may have been started again in between, or somebody has done what a step had undone: what is left to do must
     * not build on what no longer holds. What the operator's steps made may lie on another machine by now.
     */
    private void requireHolds(List<Step> steps, Predicate<Step> toDo)
            throws BackupException, IOException, InterruptedException {
        var ended =
                steps.stream().filter(step -> !toDo.test(step)).map(Step::id).collect(Collectors.toSet());
        var last = steps.stream().filter(toDo).reduce((first, second) -> second);
        for (var step : last.isEmpty() ? List.<Step>of() : steps.subList(0, steps.indexOf(last.get()))) {
            if (!toDo.test(step)
                    && !step.where().equals(Step.OPERATOR)
                    && step.until().filter(ended::contains).isEmpty()
                    && step.check().isPresent()
                    && shell(step.check().get()) != 0) {
                throw new BackupException(
                                Kind.FAILED,
                                "step " + step.id() + ", " + step.title()
                                        + ": it was done before, but this says that it no longer holds: "
                                        + step.check().get())
                        .withHint("mend it, or do the step once more with --again " + step.id());
            }
        }
    }

    /** All may begin, and a person has agreed to all, before the first does. */
    private void run(List<Step> together, int atOnce) throws BackupException, IOException, InterruptedException {
        for (var step : together) {
            listener.begins(step);
            requireMayBegin(step);
        }
        if (together.size() == 1) {
            perform(together.getFirst());
            return;
        }
        try (var tasks = new Tasks(atOnce)) {
            for (var step : together) {
                tasks.submit(() -> {
                    try {
                        perform(step);
                    } catch (IOException e) {
                        throw failed(step, "" + e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw failed(step, "interrupted");
                    }
                });
            }
            tasks.await();
        }
    }

    private void requireMayBegin(Step step) throws BackupException, IOException, InterruptedException {
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
    }

    private void perform(Step step) throws BackupException, IOException, InterruptedException {
        var started = System.nanoTime();
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
        synchronized (this) {
            Files.write(
                    done,
                    (name(step) + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    StandardOpenOption.SYNC);
            listener.ended(step, Duration.ofNanos(System.nanoTime() - started));
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
            running.add(process.toHandle());
            return process.waitFor();
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            running.remove(process.toHandle());
        }
    }
}
