package org.clusterbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PackSetTest {
    @Test
    void findsWhatWasAddedAndNothingElse() {
        var packs = new PackSet();
        for (var i = 0; i < 20_000; i++) {
            packs.add(name(i), i, Instant.ofEpochSecond(i));
        }
        packs.add(name(7), 70, Instant.EPOCH);

        assertThat(packs.count()).isEqualTo(20_000);
        assertThat(packs.size(name(0))).isZero();
        assertThat(packs.size(name(7))).isEqualTo(70);
        assertThat(packs.size(name(19_999))).isEqualTo(19_999);
        assertThat(packs.contains(name(20_000))).isFalse();
    }

    @Test
    void whatWasRemovedIsGoneAndEverythingElseIsFound() {
        var packs = new PackSet();
        for (var i = 0; i < 5_000; i++) {
            packs.add(name(i), i, Instant.ofEpochSecond(i));
        }
        for (var i = 0; i < 5_000; i += 2) {
            packs.remove(name(i));
        }

        for (var i = 0; i < 5_000; i++) {
            assertThat(packs.size(name(i))).isEqualTo(i % 2 == 0 ? PackSet.ABSENT : i);
        }
        assertThat(packs.count()).isEqualTo(2_500);
        assertThat(packs.time(name(4_999))).contains(Instant.ofEpochSecond(4_999));
    }

    @Test
    void aNameThatBeginsLikeAnotherIsAnother() {
        var packs = new PackSet();
        packs.add("ab".repeat(31) + "00", 1, Instant.EPOCH);

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
