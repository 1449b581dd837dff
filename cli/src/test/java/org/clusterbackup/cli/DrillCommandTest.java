package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DrillCommandTest {
    @Test
    void whatWasCountedReadsLikeWords() {
        assertThat(DrillCommand.counted(new TreeMap<>(Map.of("keys", 47L, EtcdRehearsal.REVISION, 537L))))
                .isEqualTo("47 keys, revision 537");
        assertThat(DrillCommand.counted(new TreeMap<>())).isEmpty();
    }
}
