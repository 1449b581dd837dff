package org.clusterbackup.cli.recover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;

class ReplicaChoiceTest {
    private static ReplicaChoice choose(long... pendingHeals) throws BackupException {
        var situations = new Situations();
        for (var index = 0; index < pendingHeals.length; index++) {
            situations.brick(index, pendingHeals[index], details -> {});
        }
        return ReplicaChoice.of("set", situations.make().bricks());
    }

    @Test
    void ofBricksThatAgreeTheFirst() throws BackupException {
        assertThat(choose(0, 0, 0).brick().index()).isZero();
    }

    @Test
    void notTheOneThatWasAway() throws BackupException {
        // A brick notes what others lack: the first one notes nothing, since it was away when files were written.
        var choice = choose(0, 7, 7);

        assertThat(choice.brick().index()).isEqualTo(1);
        assertThat(choice.doubt()).isEmpty();
    }

    @Test
    void whereEachHasWhatAnotherLacksItIsSaid() throws BackupException {
        var choice = choose(3, 9, 1);

        assertThat(choice.brick().index()).isEqualTo(1);
        assertThat(choice.doubt()).isPresent();
    }

    @Test
    void noneAtAllIsAnError() {
        assertThatThrownBy(() -> ReplicaChoice.of("set", List.of())).hasMessageContaining("set");
    }
}
