package org.clusterbackup.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
    @Test
    void isReadAsItIsSpelt() throws Exception {
        var policy = Policy.parse(
                Map.of(Rule.DAILY, "7", Rule.YEARLY, "unlimited", Rule.HOURLY, "0"), Optional.of("1y5m7d2h"));

        assertThat(policy.counts()).isEqualTo(Map.of(Rule.DAILY, 7, Rule.YEARLY, Policy.UNLIMITED));
        assertThat(policy.text()).isEqualTo("keep daily 7, yearly unlimited, within 1y5m7d2h");
    }

    @Test
    void onlyZeroesKeepNothingAndAreRefused() {
        refused(Map.of(Rule.DAILY, "0", Rule.LAST, "0"), "keeps nothing");
        refused(Map.of(), "keeps nothing");
    }

    @Test
    void aCountAloneIsRefused() throws Exception {
        refused(Map.of(Rule.LAST, "5", Rule.DAILY, "0"), "bad runs in a row");
        assertThat(Policy.parse(Map.of(Rule.LAST, "5"), Optional.of("1d")).text())
                .contains("last 5");
        assertThat(Policy.parse(Map.of(Rule.LAST, "unlimited"), Optional.empty())
                        .counts())
                .containsEntry(Rule.LAST, Policy.UNLIMITED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-1", "1.5", "seven", "7d", "99999999999999999999", "+7", "٧"})
    void whatIsNoCountIsRefused(String count) {
        refused(Map.of(Rule.DAILY, count), "keep-daily");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0d", "0h", "7", "d", "7d1m", "-7d", "1w", "1y 2d", "99999999999y"})
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> Within.parse(text))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE));
    }

    @ParameterizedTest
    @CsvSource({
        "2h,2026-03-31T10:00:00Z",
        "1d,2026-03-30T12:00:00Z",
        "1m,2026-02-28T12:00:00Z",
        "1y1m,2025-02-28T12:00:00Z"
    })
    void timesAreThoseOfTheCalendar(String text, Instant since) throws Exception {
        assertThat(Within.parse(text).since(Instant.parse("2026-03-31T12:00:00Z")))
                .isEqualTo(since);
    }

    @ParameterizedTest
    @CsvSource({
        "nightly-20261122t020000z,2026-11-22T02:20:00Z,2026-11-22T02:00:00Z", // all sources of a run have one time
        "manual-0-17-1764000000000,2025-11-24T16:10:00Z,2025-11-24T16:00:00Z",
        "manual-1764000000000,2025-11-24T16:10:00Z,2025-11-24T16:00:00Z",
        "nightly-20261122t020000z,2026-11-21T02:00:00Z,2026-11-21T02:00:00Z", // begun before its run: nobody knows
        "nightly-20261122t020000z,2026-11-23T02:00:01Z,2026-11-23T02:00:01Z", // made up for later
        "nightly-20261399t020000z,2026-11-22T02:00:00Z,2026-11-22T02:00:00Z",
        "manual-0-17-999999999999999,2026-11-22T02:00:00Z,2026-11-22T02:00:00Z",
        "other,2026-11-22T02:00:00Z,2026-11-22T02:00:00Z",
        "other,-1000000000-01-01T00:00:00Z,1970-01-01T00:00:00Z",
        "nightly-20261122t020000z,+1000000000-12-31T23:59:59Z,9999-12-31T00:00:00Z"
    })
    void aRunsTimeIsThatOfItsIdWhereTheArtifactAgrees(String run, Instant started, Instant expected) {
        assertThat(RunTime.of(Optional.of(run), started)).isEqualTo(expected);
    }

    private static void refused(Map<Rule, String> counts, String why) {
        assertThatThrownBy(() -> Policy.parse(counts, Optional.empty()))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE))
                .hasMessageContaining(why);
    }
}
