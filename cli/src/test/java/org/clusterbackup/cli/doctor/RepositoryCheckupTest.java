package org.clusterbackup.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.store.testing.ForwardingStore;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.junit.jupiter.api.Test;

class RepositoryCheckupTest {
    private static Check room(OptionalLong free) throws BackupException {
        var store = new ForwardingStore(new MemoryStore()) {
            @Override
            public OptionalLong freeBytes() {
                return free;
            }
        };
        var checkup = new Checkup();

        new RepositoryCheckup(store, AllowedSigners.parse("none", ""), Clock.systemUTC(), checkup).run(false);

        return only(checkup.checks());
    }

    private static Check only(List<Check> checks) {
        var rooms =
                checks.stream().filter(check -> check.subject().equals("room")).toList();
        assertThat(rooms).hasSize(1);
        return rooms.getFirst();
    }

    @Test
    void roomForLessThanAPackIsTooLittle() throws BackupException {
        assertThat(room(OptionalLong.of(0)).fault()).contains(Kind.NO_SPACE);
        assertThat(room(OptionalLong.of((16 << 20) - 1)).fault()).contains(Kind.NO_SPACE);
        assertThat(room(OptionalLong.of(16 << 20)).fault()).isEmpty();
    }

    @Test
    void whatIsFreeIsSaid() throws BackupException {
        assertThat(room(OptionalLong.of(5L << 30)).detail()).isEqualTo("5.0 GiB free");
    }

    @Test
    void aStoreThatDoesNotTellIsNoFault() throws BackupException {
        var check = room(OptionalLong.empty());

        assertThat(check.fault()).isEqualTo(Optional.empty());
        assertThat(check.detail()).contains("not told");
    }
}
