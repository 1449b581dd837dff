package org.clusterbackup.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.clusterbackup.cli.recover.Machine;
import org.clusterbackup.cli.recover.Plan;
import org.clusterbackup.cli.recover.Recovery;
import org.clusterbackup.cli.recover.Step;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Does what of a plan belongs to this machine. */
@Command(
        name = "run",
        description = {
            "Do the steps of a plan that belong to one machine, one at a time, each checked before and after.",
            "It asks before it formats. Cut off anywhere, run it again: what is done is not done again, but what was",
            "in the middle begins anew."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup recover plan full --output json >plan.json",
            "  clusterbackup recover run plan.json --as node-a --dry-run",
            "  DEVICE_node_a_media_brick0=/dev/vdb clusterbackup recover run plan.json --as node-a",
            "  clusterbackup recover run plan.json --as node-a --parallel 4",
            "  clusterbackup recover run plan.json --as operator"
        })
final class RecoverRunCommand extends BackupCommand {
    private static final Path STATE = Path.of("/var/lib/clusterbackup/recover");

    @Parameters(paramLabel = "PLAN", description = "What 'recover plan --output json' printed.")
    private Path file = Path.of("plan.json");

    @Option(names = "--as", paramLabel = "NAME", description = "A node of the plan, or operator (default: this host).")
    private @Nullable String as;

    @Option(names = "--only", paramLabel = "STEP", description = "Only steps with this id; may be repeated.")
    private List<String> only = List.of();

    @Option(
            names = "--again",
            paramLabel = "STEP",
            description = "Do the step with this id although it was done before; may be repeated.")
    private List<String> again = List.of();

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many bricks are restored at the same time (default: ${DEFAULT-VALUE}).")
    private int parallel = 1;

    @Option(names = "--here", description = "The steps belong to this machine, although it has another name.")
    private boolean here;

    @Option(names = "--format", description = "Format without asking.")
    private boolean format;

    @Option(names = "--done", description = "What is done by hand is done: go on behind it.")
    private boolean byHandDone;

    @Option(names = "--old", description = "Take an old recovery point without asking.")
    private boolean old;

    @Option(names = "--dry-run", description = "List the steps, and which are done; do nothing.")
    private boolean dryRun;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Where this machine keeps what is done (default: /var/lib/clusterbackup/recover).")
    private Path state = STATE;

    @Override
    void run() throws BackupException, IOException, InterruptedException {
        var bytes = read();
        var plan = Plan.parse(file.toString(), bytes);
        var name = as == null ? InetAddress.getLocalHost().getHostName() : as;
        var teller = new Teller();
        var recovery = new Recovery(plan, bytes, state, environment(), teller);
        var steps = recovery.steps(step -> step.where().equals(name) && (only.isEmpty() || only.contains(step.id())));
        for (var id : Stream.concat(only.stream(), again.stream()).toList()) {
            if (steps.stream().noneMatch(step -> step.id().equals(id))) {
                throw usage("the plan has no step " + id + " for " + name);
            }
        }
        if (steps.isEmpty()) {
            throw new BackupException(
                            Kind.NOT_FOUND,
                            "the plan has no " + (only.isEmpty() ? "step" : "such step") + " for " + name)
                    .withHint("it has steps for "
                            + String.join(
                                    ", ",
                                    plan.steps().stream()
                                            .map(Step::where)
                                            .distinct()
                                            .toList()));
        }
        if (parallel < 1) {
            throw usage("--parallel must be at least 1");
        }
        if (dryRun) {
            list(steps, recovery);
            return;
        }
        requireHere(plan, name, teller);
        requireAgeKnown(plan, teller);
        try {
            recovery.run(steps, Set.copyOf(again), parallel);
        } finally {
            teller.print();
        }
    }

    private byte[] read() throws BackupException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new BackupException(Kind.USAGE, "cannot read the plan " + file + ": " + FileReason.of(e), e)
                    .withHint("make it with 'clusterbackup recover plan SCENARIO --output json'");
        }
    }

    private void list(List<Step> steps, Recovery recovery) throws BackupException, IOException {
        var done = recovery.done();
        var table = new Table("steps", "STEP", "WHERE", "STATE", "WHAT");
        for (var step : steps) {
            var before = done.contains(step.where() + "/" + step.id());
            table.row(step.id(), step.where(), before ? "done" : "to do", step.title())
                    .put("step", step.id())
                    .put("where", step.where())
                    .put("done", before)
                    .put("title", step.title());
        }
        table.print(console());
    }

    private void requireHere(Plan plan, String name, Teller teller) throws BackupException, IOException {
        var objection = here ? Optional.<String>empty() : Machine.here().objection(plan, name);
        if (objection.isPresent() && !teller.answers.yes(objection.get() + ": do the steps of " + name + " here?")) {
            throw new BackupException(Kind.FAILED, "nothing was done: " + objection.get())
                    .withHint("with --here they are done on this machine all the same");
        }
    }

    private void requireAgeKnown(Plan plan, Teller teller) throws BackupException {
        var age = plan.age(Instant.now());
        if (age.compareTo(Plan.STALE) > 0
                && !old
                && !teller.answers.yes("what happened in the last " + Sizes.time(age) + " is lost with recovery point "
                        + plan.run() + ": go on?")) {
            throw new BackupException(Kind.FAILED, "nothing was done");
        }
    }

    /** Steps call this very program, whatever PATH says. */
    private Map<String, String> environment() {
        return Optional.ofNullable(System.getProperty("clusterbackup.home"))
                .map(home -> Map.of(
                        "PATH",
                        home + "/bin:" + console().environment().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")))
                .orElse(Map.of());
    }

    private final class Teller implements Recovery.Listener {
        private final Table table = new Table("steps", "STEP", "WHERE", "SECONDS", "WHAT");
        private final List<Step> ended = new ArrayList<>();
        private final Answers answers = new Answers(console());

        @Override
        public void skipped(Step step, String why) {
            console().remark("-- " + step.where() + ": " + step.title() + ": " + why);
        }

        @Override
        public void endedLeftovers(int shells) {
            console()
                    .remark("-- ended what an earlier run had left at work: " + shells
                            + (shells == 1 ? " step" : " steps") + ", which begin anew");
        }

        @Override
        public void begins(Step step) {
            console().remark("-- " + step.where() + ": " + step.title());
        }

        @Override
        public void ended(Step step, Duration took) {
            ended.add(step);
            var seconds = took.toMillis() / 1000.0;
            table.row(step.id(), step.where(), String.format(Locale.ROOT, "%.1f", seconds), step.title())
                    .put("step", step.id())
                    .put("where", step.where())
                    .put("seconds", seconds);
        }

        @Override
        public boolean mayFormat(String what) {
            return format || answers.yes("format " + what + "?");
        }

        @Override
        public boolean isDone(Step step) {
            return byHandDone || answers.yes(step.title() + ": is that done?");
        }

        void print() throws BackupException {
            if (!ended.isEmpty()) {
                table.print(console());
            }
        }
    }
}
