package org.clusterbackup.gluster.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NewNamesTest {
    private static final NewNames NAMES = new NewNames(
            Map.of("node1", "alpha", "node2", "node1.example", "10.0.0.1", "10.1.0.1", "fd00::1", "fd00::2"),
            List.of(
                    new BrickPath(Optional.empty(), "/media/brick0", "/data/b0"),
                    new BrickPath(Optional.empty(), "/media", "/mnt"),
                    new BrickPath(Optional.of("node1"), "/media/brick1", "/data/of-one")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "node1|alpha",
                "node1,node2|alpha,node1.example",
                "node10 mynode1 node1.example node1-a a-node1 node1_b|node10 mynode1 node1.example node1-a a-node1 node1_b",
                "It was node1.|It was alpha.",
                "http://node1:8080/x|http://alpha:8080/x",
                "10.0.0.1:24007 10.0.0.10 110.0.0.1 10.0.0.1.5|10.1.0.1:24007 10.0.0.10 110.0.0.1 10.0.0.1.5",
                "[fd00::1]:24007 fd00::1:2 fd00::10|[fd00::2]:24007 fd00::1:2 fd00::10",
                "/media/brick0/x /media/brick01 /srv/media/brick0|/data/b0/x /mnt/brick01 /srv/media/brick0",
                "node1:/media/brick0|alpha:/data/b0",
            })
    void onlyWholeNamesAreRewritten(String before, String after) {
        assertThat(NAMES.rewrite(before)).isEqualTo(after);
    }

    @Test
    void namesAreSwappedAtOnce() {
        var swapped = new NewNames(Map.of("a", "b", "b", "c", "c", "a"), List.of());

        assertThat(swapped.rewrite("a b c")).isEqualTo("b c a");
        assertThat(swapped.gone()).isEmpty();
        assertThat(swapped.undecided()).containsExactly("a", "b", "c");
    }

    @Test
    void closestRuleForAPathCounts() {
        assertThat(NAMES.path("node2", "/media/brick0/brick")).isEqualTo("/data/b0/brick");
        assertThat(NAMES.path("node2", "/media/brick1/brick")).isEqualTo("/mnt/brick1/brick");
        assertThat(NAMES.path("node1", "/media/brick1/brick")).isEqualTo("/data/of-one/brick");
        assertThat(NAMES.path("node1", "/media/brick10")).isEqualTo("/mnt/brick10");
        assertThat(NAMES.path("node1", "/srv")).isEqualTo("/srv");
    }

    @Test
    void whatStaysRightSomewhereIsNotLookedFor() {
        // A path of one server only may be right on another; a name within another new name is one of its own.
        assertThat(NAMES.gone()).containsExactly("/media", "/media/brick0", "10.0.0.1", "fd00::1", "node1", "node2");
        assertThat(NAMES.undecided()).containsExactly("/media/brick1");
    }

    @Test
    void pathBelowItsOldPlaceCannotBeLookedFor() {
        var deeper = new NewNames(Map.of(), List.of(new BrickPath(Optional.empty(), "/media", "/media/old")));

        assertThat(deeper.gone()).isEmpty();
        assertThat(deeper.rewrite("/media/brick0")).isEqualTo("/media/old/brick0");
    }

    @Test
    void digestIsOfTheRulesAndNotOfTheirOrder() {
        var one = new NewNames(Map.of("a", "x", "b", "y"), List.of());
        var same = new NewNames(Map.of("b", "y", "a", "x"), List.of());
        var other = new NewNames(Map.of("a", "y", "b", "x"), List.of());

        assertThat(one.digest()).isEqualTo(same.digest()).isNotEqualTo(other.digest());
    }
}
