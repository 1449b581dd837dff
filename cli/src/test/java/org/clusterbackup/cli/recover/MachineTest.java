package org.clusterbackup.cli.recover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;

class MachineTest {
    private final Plan plan;

    MachineTest() throws BackupException {
        plan = new Planner(Situations.whole().make(), Set.of(), Instant.EPOCH).full();
    }

    private static Machine machine(String hostname, String... answering) {
        return new Machine(hostname, List.of(answering)::contains);
    }

    @Test
    void itsOwnStepsAndTheOperatorsBelongHere() {
        assertThat(machine("node-a", "node-a").objection(plan, "node-a")).isEmpty();
        assertThat(machine("node-a.example").objection(plan, "node-a")).isEmpty();
        assertThat(machine("node-b", "operator").objection(plan, Step.OPERATOR)).isEmpty();
    }

    @Test
    void aNewNameIsNoObjection() {
        assertThat(machine("rescue", "node-b").objection(plan, "node-a")).isEmpty();
    }

    @Test
    void anotherNodesMachineIsNamed() {
        assertThat(machine("node-b.example").objection(plan, "node-a"))
                .contains("this machine is node-b.example, which the plan knows as node-b");
    }

    @Test
    void aMachineOfThatNameThatAnswersIsNamed() {
        assertThat(machine("rescue", "node-a").objection(plan, "node-a"))
                .contains("this machine is rescue, and another that is named node-a answers");
    }
}
