package org.clusterbackup.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcePatternTest {
    @ParameterizedTest
    @CsvSource({
        "*, brick/gv0/0/a, true",
        "brick/*, brick/gv0/0/a, true",
        "brick/*/a, brick/gv0/0/a, true",
        "brick/*/b, brick/gv0/0/a, false",
        "brick, brick/gv0/0/a, false",
        "b*a, brick/gv0/0/a, true",
        "*aa*, aba, false",
        "host/node-a, host/node-a, true",
        "host/node.a, host/node-a, false"
    })
    void starStandsForAnyBytes(String pattern, String source, boolean matches) {
        assertThat(SourcePattern.matches(pattern, source)).isEqualTo(matches);
    }

    @Test
    void noPatternWantsEverySource() {
        assertThat(SourcePattern.wanted(List.of(), "etcd/main")).isTrue();
    }

    @Test
    void hostilePatternEndsSoon() {
        assertThat(SourcePattern.matches("*a".repeat(250) + "b", "a".repeat(512)))
                .isFalse();
    }
}
