package org.clusterbackup.cli.recover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
    @TempDir
    Path folder = Path.of(".");

    private final List<String> told = new ArrayList<>();
    private boolean yes = true;

    private Step step(String id, String command) {
        return Step.of(id, "here", "do " + id, "why", command);
    }

    private String note(String text) {
        return "echo " + text + " >>" + folder.resolve("log");
    }

    private Recovery recovery(Step... steps) {
        var plan = new Plan(
                Scenario.FULL, "url", "run", Instant.EPOCH, Instant.EPOCH, List.of(), List.of(), List.of(steps));
        return new Recovery(
                plan, JsonLayout.write(plan.toJson()), folder.resolve("state"), Map.of(), new Recovery.Listener() {
                    @Override
                    public void skipped(Step step, String why) {
                        told.add("skipped " + step.id());
                    }

                    @Override
                    public void endedLeftovers(int shells) {
                        told.add("ended " + shells + " left");
                    }

                    @Override
                    public void begins(Step step) {
                        told.add("begins " + step.id());
                    }

                    @Override
                    public void ended(Step step, Duration took) {
                        told.add("ended " + step.id());
                    }

                    @Override
                    public boolean mayFormat(String what) {
                        told.add("asked to format " + what);
                        return yes;
                    }

                    @Override
                    public boolean isDone(Step step) {
                        told.add("asked for " + step.id());
                        return yes;
                    }
                });
    }

    private void run(Recovery recovery) throws BackupException, IOException, InterruptedException {
        run(recovery, Set.of(), 1);
    }

    private void run(Recovery recovery, Set<String> again, int atOnce)
            throws BackupException, IOException, InterruptedException {
        recovery.run(recovery.steps(step -> step.where().equals("here")), again, atOnce);
    }

    private List<String> log() throws IOException {
        return Files.exists(folder.resolve("log")) ? Files.readAllLines(folder.resolve("log")) : List.of();
    }

    @Test
    void goesOnBehindWhatIsDone() throws Exception {
        // Given a step that fails the first time
        var flaky = "test -e " + folder.resolve("mended") + " && " + note("two");
        var steps = new Step[] {step("one", note("one")), step("two", flaky), step("three", note("three"))};
        assertThatThrownBy(() -> run(recovery(steps))).hasMessageContaining("step two");
        assertThat(log()).containsExactly("one");

        // When it is run again
        Files.createFile(folder.resolve("mended"));
        run(recovery(steps));

        // Then the first step was not done twice
        assertThat(log()).containsExactly("one", "two", "three");
        assertThat(told).contains("skipped one");
    }

    @Test
    void twoAtOnceAreRefused() throws Exception {
        // Given one that is in the middle of a step
        var first = step("one", note("one") + "; until [ -e " + folder.resolve("go") + " ]; do sleep 0.05; done");
        var running = Thread.ofVirtual().start(() -> {
            try {
                run(recovery(first));
            } catch (BackupException | IOException | InterruptedException e) {
                told.add("failed " + e);
            }
        });
        await().atMost(Duration.ofMinutes(1)).until(() -> !running.isAlive() || !log().isEmpty());

        assertThatThrownBy(() -> run(recovery(first)))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUSY));

        Files.createFile(folder.resolve("go"));
        running.join();
        assertThat(log()).containsExactly("one");
        assertThat(told).containsExactly("begins one", "ended one");
    }

    @Test
    void anotherPlanBeginsAnew() throws Exception {
        run(recovery(step("one", note("one"))));
        run(recovery(step("one", note("other"))));

        assertThat(log()).containsExactly("one", "other");
    }

    @Test
    void formatsNothingWithoutAYes() throws IOException {
        yes = false;

        assertThatThrownBy(() -> run(recovery(step("one", note("one")).formatting("/dev/vdb"))))
                .hasMessageContaining("nothing was formatted");

        assertThat(told).contains("asked to format /dev/vdb");
        assertThat(log()).isEmpty();
    }

    @Test
    void waitsForWhatIsDoneByHand() throws Exception {
        var steps =
                new Step[] {step("one", note("one")), Step.of("hand", "here", "look", "why"), step("two", note("two"))};
        yes = false;
        assertThatThrownBy(() -> run(recovery(steps)))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.WARNINGS))
                .hasMessageContaining("look");
        assertThat(log()).containsExactly("one");

        yes = true;
        run(recovery(steps));

        assertThat(log()).containsExactly("one", "two");
    }

    @Test
    void aCheckThatFailsIsAFailure() {
        assertThatThrownBy(() -> run(recovery(step("one", note("one")).checked("false"))))
                .hasMessageContaining("it ended well");
        assertThat(told).doesNotContain("ended one");
    }

    @Test
    void beginsNothingBeforeItsTime() throws IOException {
        assertThatThrownBy(() -> run(recovery(step("one", note("one")).when("false"))))
                .hasMessageContaining("may not begin");
        assertThat(log()).isEmpty();
    }

    @Test
    void aCommandThatFailsEndsTheStep() throws IOException {
        assertThatThrownBy(() -> run(recovery(step("one", "false\n" + note("after")))))
                .hasMessageContaining("exit 1");
        assertThat(log()).isEmpty();
    }

    @Test
    void aCutPlanIsNone() {
        var bytes = JsonLayout.write(new Plan(
                        Scenario.NODE,
                        "u",
                        "r",
                        Instant.EPOCH,
                        Instant.EPOCH,
                        List.of(),
                        List.of(),
                        List.of(step("a", "b")))
                .toJson());
        for (var length = 0; length < bytes.length - 2; length++) {
            var cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Plan.parse("plan", cut)).isInstanceOf(BackupException.class);
        }
    }

    @Test
    void waitingEndsWhenTheTestSucceedsOrTimeIsUp() throws Exception {
        run(recovery(step("one", Shell.await(5, "true"))));

        assertThatThrownBy(() -> run(recovery(step("two", Shell.await(1, "false")))))
                .hasMessageContaining("exit 1");
    }

    @Test
    void whatNoLongerHoldsIsToldBeforeAnythingBuildsOnIt() throws Exception {
        // Given a step whose work somebody undoes
        var made = folder.resolve("made");
        var first = step("one", "touch " + made + "; " + note("one")).checked("test -e " + made);
        var mended = folder.resolve("mended");
        var second = step("two", note("two")).when("test -e " + mended);
        assertThatThrownBy(() -> run(recovery(first, second))).hasMessageContaining("step two");
        Files.createFile(mended);
        Files.delete(made);

        // When
        assertThatThrownBy(() -> run(recovery(first, second)))
                .hasMessageContaining("step one")
                .hasMessageContaining("no longer holds");
        assertThat(log()).containsExactly("one");

        // Then it is done once more when that is asked for
        run(recovery(first, second), Set.of("one"), 1);
        assertThat(log()).containsExactly("one", "one", "two");
    }

    @Test
    void whatALaterStepUndoesNeedNotHold() throws Exception {
        var stopped = folder.resolve("stopped");
        var mended = folder.resolve("mended");
        var steps = new Step[] {
            step("stop", "touch " + stopped).checked("test -e " + stopped).until("start"),
            step("start", "rm " + stopped),
            step("last", note("last")).when("test -e " + mended)
        };
        assertThatThrownBy(() -> run(recovery(steps))).hasMessageContaining("step last");
        Files.createFile(mended);

        run(recovery(steps));

        assertThat(log()).containsExactly("last");
    }

    @Test
    void whenNothingIsLeftToDoNothingIsLookedAt() throws Exception {
        var first = step("one", "true").checked("! test -e " + folder.resolve("later"));
        run(recovery(first));
        Files.createFile(folder.resolve("later"));

        run(recovery(first));

        assertThat(told).contains("skipped one");
    }

    /** Each waits for the other: one after the other, they would wait for ever. */
    @Test
    void disksAreFilledSideBySide() throws Exception {
        run(recovery(meeting("one", "two"), meeting("two", "one"), step("three", note("three"))), Set.of(), 2);

        assertThat(told).containsSubsequence("begins one", "asked to format one", "begins two", "begins three");
        assertThat(log()).containsExactly("three");
    }

    private Step meeting(String own, String other) {
        return step(own, "touch " + folder.resolve(own) + "; " + Shell.await(20, "test -e " + folder.resolve(other)))
                .formatting(own);
    }

    @Test
    void oneThatFailsBesideOthersLeavesTheirsDone() throws Exception {
        // Given two side by side, of which one fails when the other has ended
        var other = folder.resolve("other");
        var fails = step("one", Shell.await(20, "test -e " + other) + "; false").formatting("one");
        var works = step("two", "touch " + other).formatting("two");
        var steps = new Step[] {fails, works, step("three", note("three"))};

        assertThatThrownBy(() -> run(recovery(steps), Set.of(), 2)).hasMessageContaining("step one");

        assertThat(recovery(steps).done()).containsExactly("here/two");
        assertThat(log()).isEmpty();
    }

    @Test
    void whatOthersRunningNowWroteDownIsNotOurs() throws Exception {
        // Given the numbers of processes that are something else by now, and lines that are none
        var first = step("one", note("one"));
        run(recovery(first));
        try (var files = Files.list(folder.resolve("state"))) {
            // A shell that was quicker than whoever wrote it down left no such file.
            var done = files.filter(file -> file.toString().endsWith(".done"))
                    .findFirst()
                    .orElseThrow()
                    .getFileName()
                    .toString();
            Files.writeString(
                    folder.resolve("state").resolve(done.replace(".done", ".running")),
                    ProcessHandle.current().pid() + " 1 boot\n999999999999 x\n-1 1\n\n" + "x".repeat(100_000));
        }

        // When
        run(recovery(first), Set.of("one"), 1);

        // Then nothing was ended
        assertThat(told).noneMatch(line -> line.endsWith("left"));
        assertThat(log()).containsExactly("one", "one");
    }
}
