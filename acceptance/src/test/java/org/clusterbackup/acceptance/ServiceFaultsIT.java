package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.clusterbackup.events.ArtifactShipped;
import org.clusterbackup.events.BackupFailed;
import org.junit.jupiter.api.Test;

/** Services and the broker die. */
class ServiceFaultsIT extends FaultTest {
    private static final int KILLS = 10;

    // ------------------------------------------------------------------ services die

    @Test
    void agentIsKilledAtTenMomentsOfADump() {
        var agent = lab.component("brick-agent-node1");
        var current = run;
        for (var kill = 0; kill < KILLS; kill++) {
            current = run + "-" + kill;
            runs.request(current);
            awaitDump("brick-agent-node1");
            pause(Duration.ofMillis(2_500L * kill / KILLS));

            agent.kill();

            lab.copy("staging").requireNothingHalf();
            agent.start();
        }
        for (var kill = 0; kill < KILLS; kill++) {
            awaitEnd(run + "-" + kill, BRICK_1);
        }
        runs.awaitComplete(current);
    }

    @Test
    void shipperIsKilledAtTenMomentsOfACopy() {
        var shipper = lab.component("shipper-far");
        var far = lab.copy(Lab.FAR);
        var requested = new ArrayList<String>();
        for (var kill = 0; kill < KILLS; ) {
            if (requested.isEmpty() || runs.isComplete(requested.getLast(), Lab.FAR)) {
                change(160);
                requested.add(run + "-" + requested.size());
                runs.request(requested.getLast());
            }
            var before = far.packs();
            await().atMost(Runs.PATIENCE)
                    .until(() -> far.packs().size() > before.size() || runs.isComplete(requested.getLast(), Lab.FAR));
            if (runs.isComplete(requested.getLast(), Lab.FAR)) {
                continue;
            }
            pause(Duration.ofMillis(1_500L * kill / KILLS));

            shipper.kill();
            kill++;

            far.requireNothingHalf();
            var kept = far.packs();
            shipper.start();
            assertThat(far.packs()).as("packs that were there").containsAllEntriesOf(kept);
        }
        requested.forEach(runs::awaitComplete);
    }

    /** As each rollout and each drained node does it. */
    @Test
    void agentIsToldToStopInTheMiddleOfADump() {
        var agent = lab.component("brick-agent-node1");
        runs.request(run);
        awaitDump("brick-agent-node1");

        agent.stop();

        agent.start();
        runs.awaitComplete(run);
        assertThat(lab.events()
                        .all(
                                BackupFailed.class,
                                event -> event.run().filter(run::equals).isPresent() && event.ended()))
                .isEmpty();
    }

    @Test
    void xfsdumpIsKilled() {
        runs.request(run);
        awaitDump("brick-agent-node1").destroyForcibly();

        var failure = runs.awaitFailure(run, false);

        assertThat(failure.source()).isEqualTo(BRICK_1);
        runs.awaitComplete(run);
    }

    // ------------------------------------------------------------------ the broker dies

    @Test
    void brokerIsKilledInMidRunAndComesBack() {
        runs.request(run);
        awaitDump("brick-agent-node1");

        lab.component("kafka").kill();
        pause(Duration.ofSeconds(4));
        lab.component("kafka").start();

        runs.awaitComplete(run);
    }

    @Test
    void kafkaIsRebuiltEmpty() {
        runs.request(run);
        runs.awaitComplete(run);

        lab.rebuildKafka();

        // What stands at the targets is told again, and a new run goes its way.
        for (var target : List.of(Lab.FAR, Lab.CLOUD)) {
            lab.events()
                    .awaitEvent(
                            ArtifactShipped.class,
                            shipped -> shipped.target().equals(target)
                                    && shipped.run().filter(run::equals).isPresent(),
                            Runs.PATIENCE);
        }
        runs.awaitSources();
        change();
        runs.request(run + "-next");
        runs.awaitComplete(run + "-next");
    }
}
