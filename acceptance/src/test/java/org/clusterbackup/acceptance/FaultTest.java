package org.clusterbackup.acceptance;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupFailed;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Everything that may die dies in the middle of its work. Each time the run ends as shipped and verified, or as a visible
 * failure, and the next one is clean; nothing half is listed at any time, and nothing is shipped twice.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FaultTest {
    static final String BRICK_1 = "brick/global/0/node1";
    static final String BRICK_2 = "brick/global/1/node2";

    @RegisterExtension
    final LabExtension labs = new LabExtension(new Lab.Options(
            getClass().getSimpleName().toLowerCase(Locale.ROOT), false, true, false, List.of("node1", "node2"), 1));

    Lab lab;
    Runs runs;
    String run;

    @BeforeAll
    void fill() {
        lab = labs.get();
        runs = new Runs(lab);
        lab.gluster()
                .inside(
                        "node1",
                        Checkout.script("make-data.pl"),
                        "/mnt/global",
                        "files=400",
                        "random-mb=24",
                        "table-mb=8")
                .run()
                .good();
        runs.awaitSources();
    }

    @BeforeEach
    void change(TestInfo test) {
        run = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
        change();
    }

    /** Bytes that no earlier backup has, so that there is something to copy. */
    void change() {
        change(24);
    }

    void change(int megabytes) {
        inside("node1", "head -c " + megabytes + "M /dev/urandom >/mnt/global/changing && sync -f /mnt/global");
    }

    @AfterEach
    void everythingIsSound() {
        runs.requireSound();
    }

    @AfterAll
    void everyByteIsRead() {
        runs.requireWhole();
    }

    ProcessHandle awaitDump(String agent) {
        return await(agent + " dumps")
                .atMost(Runs.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> lab.component(agent).children().stream()
                                .filter(child -> child.info()
                                        .command()
                                        .filter(command -> command.endsWith("xfsdump"))
                                        .isPresent())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** The run's artifact of that source is there, or it is said that it will not be. */
    void awaitEnd(String which, String source) {
        await(which + " of " + source)
                .atMost(Runs.PATIENCE)
                .until(() -> !lab.events()
                                .all(
                                        ArtifactReady.class,
                                        ready -> ready.source().equals(source)
                                                && ready.run()
                                                        .filter(which::equals)
                                                        .isPresent())
                                .isEmpty()
                        || !lab.events()
                                .all(
                                        BackupFailed.class,
                                        failed -> failed.ended()
                                                && failed.source().equals(source)
                                                && failed.run()
                                                        .filter(which::equals)
                                                        .isPresent())
                                .isEmpty());
    }

    void inside(String server, String script) {
        lab.gluster().inside(server, "sh", "-c", script).run().good();
    }

    /** What is waited for is that time passes: a moment that no event announces. */
    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
