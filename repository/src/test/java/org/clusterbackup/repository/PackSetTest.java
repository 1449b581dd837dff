package org.clusterbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PackSetTest {
    @Test
    void findsWhatWasAddedAndNothingElse() {
        var packs = new PackSet();
        for (var i = 0; i < 20_000; i++) {
            packs.add(name(i), i);
        }
        packs.add(name(7), 70);

        assertThat(packs.count()).isEqualTo(20_000);
        assertThat(packs.size(name(0))).isZero();
        assertThat(packs.size(name(7))).isEqualTo(70);
        assertThat(packs.size(name(19_999))).isEqualTo(19_999);
        assertThat(packs.contains(name(20_000))).isFalse();
    }

    @Test
    void aNameThatBeginsLikeAnotherIsAnother() {
        var packs = new PackSet();
        packs.add("ab".repeat(31) + "00", 1);

        assertThat(packs.contains("ab".repeat(31) + "01")).isFalse();
    }

    @Test
    void aPathMustLieInItsFolder() {
        assertThat(PackSet.isPath(PackSet.path(name(1)))).isTrue();
        assertThat(PackSet.isPath("packs/00/" + "1".repeat(64))).isFalse();
        assertThat(PackSet.isPath("packs/11/" + "1".repeat(63))).isFalse();
    }

    private static String name(int i) {
        return Sha256.of(Integer.toString(i).getBytes(StandardCharsets.UTF_8)).hex();
    }
}
