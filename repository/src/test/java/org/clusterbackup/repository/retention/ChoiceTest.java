package org.clusterbackup.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ChoiceTest {
    private static final List<Rule> RULES = List.copyOf(EnumSet.allOf(Rule.class));
    private static final Instant START = Instant.parse("2026-01-01T03:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Sha256 NOTHING = Sha256.of(new byte[0]);

    private final Random ids = new Random(1);

    private static Instant day(int number) {
        return START.plus(DAY.multipliedBy(number));
    }

    private Candidate candidate(Instant time, Instant stored, boolean whole) {
        return new Candidate(
                new ArtifactRef(new SourceName("host/a"), ArtifactId.at(time, ids)),
                NOTHING,
                NOTHING,
                time,
                stored,
                whole);
    }

    private Candidate good(Instant time) {
        return candidate(time, time.plusSeconds(600), true);
    }

    private List<Candidate> goodDays(int days) {
        return IntStream.range(0, days).mapToObj(number -> good(day(number))).toList();
    }

    private static Set<Candidate> kept(Policy policy, Collection<Candidate> artifacts) {
        return Choice.of(policy, artifacts, Map.of(), Map.of()).kept().stream()
                .map(Choice.Kept::candidate)
                .collect(Collectors.toSet());
    }

    private static Map<Candidate, List<String>> reasons(Policy policy, Collection<Candidate> artifacts) {
        return Choice.of(policy, artifacts, Map.of(), Map.of()).kept().stream()
                .collect(Collectors.toMap(Choice.Kept::candidate, Choice.Kept::reasons));
    }

    private static Policy policy(Map<Rule, Integer> counts) {
        return new Policy(counts, Optional.empty());
    }

    private static List<Candidate> with(List<Candidate> some, List<Candidate> more) {
        var all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    @Test
    void ofEachPeriodTheNewestIsKeptAndEachSaysWhy() {
        var days = goodDays(70);
        var policy = policy(Map.of(Rule.DAILY, 2, Rule.WEEKLY, 2, Rule.MONTHLY, 2, Rule.LAST, 1));

        // The last is Wednesday 11 March; weeks end on Sunday, days 66 and 59, February on day 58.
        assertThat(reasons(policy, days))
                .isEqualTo(Map.of(
                        days.get(69), List.of("last", "daily", "weekly", "monthly", "last good"),
                        days.get(68), List.of("daily"),
                        days.get(66), List.of("weekly"),
                        days.get(58), List.of("monthly")));
    }

    @Test
    void severalOfOneDayLeaveTheNewest() {
        var hours = IntStream.range(0, 30)
                .mapToObj(hour -> good(START.plus(Duration.ofHours(hour))))
                .toList();

        assertThat(kept(policy(Map.of(Rule.DAILY, 2)), hours)).containsExactlyInAnyOrder(hours.get(20), hours.get(29));
        assertThat(kept(policy(Map.of(Rule.HOURLY, 3)), hours))
                .containsExactlyInAnyOrder(hours.get(27), hours.get(28), hours.get(29));
    }

    @Test
    void theOldestStaysWhileARuleHasPeriodsLeft() {
        var days = goodDays(5);

        var reasons = reasons(policy(Map.of(Rule.MONTHLY, 12)), days);

        assertThat(reasons.keySet()).containsExactlyInAnyOrder(days.get(0), days.get(4));
        assertThat(reasons.get(days.get(0))).containsExactly("oldest monthly");
    }

    @Test
    void everythingWithinATimeIsKeptCountedFromTheNewest() throws Exception {
        var days = goodDays(20);

        assertThat(kept(new Policy(Map.of(), Optional.of(Within.parse("3d"))), days))
                .containsExactlyInAnyOrderElementsOf(days.subList(17, 20));
    }

    @Test
    void aSourceThatHasNothingNewKeepsItsLastGoodOne() throws Exception {
        var old = good(day(0));
        var bad = candidate(day(400), day(400), false);
        var within = new Policy(Map.of(), Optional.of(Within.parse("1h")));

        assertThat(reasons(within, List.of(old, bad)))
                .containsEntry(old, List.of("within", "last good"))
                .containsEntry(bad, List.of("within", "not whole"));
    }

    @Test
    void sourcesAreChosenForThemselves() {
        var mine = goodDays(3);
        var other = new Candidate(
                new ArtifactRef(new SourceName("host/b"), ArtifactId.at(day(0), ids)),
                NOTHING,
                NOTHING,
                day(0),
                day(0),
                true);

        assertThat(kept(policy(Map.of(Rule.DAILY, 1)), with(mine, List.of(other))))
                .containsExactlyInAnyOrder(mine.get(2), other);
    }

    @Test
    void whatARecoveryPointNeedsIsKept() {
        var days = goodDays(3);

        var choice = Choice.of(
                policy(Map.of(Rule.DAILY, 1)), days, Map.of(days.getFirst().ref(), "recovery point x"), Map.of());

        assertThat(choice.removed()).containsExactly(days.get(1));
        assertThat(choice.kept().getLast().reasons()).containsExactly("recovery point x");
    }

    @Test
    void aHundredFromTheFuturePushNoGoodOneOut() {
        var days = goodDays(30);
        var policy = policy(Map.of(Rule.LAST, 3, Rule.DAILY, 7, Rule.MONTHLY, 2));
        var future = IntStream.range(0, 100)
                .mapToObj(number -> candidate(day(40 + number), day(29), true))
                .toList();

        var kept = kept(policy, with(days, future));

        assertThat(kept).containsAll(kept(policy, days));
        assertThat(kept).hasSizeLessThan(30);
        // When their time has come they still claim what cannot be.
        var more = IntStream.range(0, 200).mapToObj(number -> good(day(number))).toList();
        assertThat(kept(policy, with(more, future))).containsAll(kept(policy, more));
    }

    @Test
    void whatComesLateTakesNoPlaceOfWhatWasThere() {
        // Given a writer whose clock is set back: each artifact claims to be the last of an earlier day
        var days = goodDays(30);
        var late = IntStream.range(0, 29)
                .mapToObj(number -> candidate(day(number).plus(Duration.ofHours(20)), day(29).plusSeconds(3600), true))
                .toList();
        var policy = policy(Map.of(Rule.DAILY, 7));

        assertThat(kept(policy, with(days, late))).containsAll(days.subList(23, 30));
    }

    @Test
    void whatCameLateStaysSoWhenWhatWasThereBeforeItIsDeleted() {
        // Given the last of January, one of February that was deleted since, and one that came after it, of January
        var january = good(day(30));
        var february = good(day(31));
        var late = candidate(day(30).plusSeconds(3600), day(33), true);
        var newest = good(day(40));
        var policy = policy(Map.of(Rule.MONTHLY, 12));
        var there = List.of(good(day(-1)), january, late, newest);
        var gone = Map.of(january.ref().source(), List.of(february.arrival()));

        assertThat(Choice.of(policy, there, Map.of(), gone).kept())
                .extracting(Choice.Kept::candidate)
                .contains(january);
        assertThat(kept(policy, there)).as("without that memory").doesNotContain(january);
    }

    @Test
    void whatWasCopiedToANewTargetAllAtOnceIsChosenAsIfItHadComeInTime() {
        var copied = goodDays(30).stream()
                .map(made -> candidate(made.time(), day(30), true))
                .toList();

        assertThat(kept(policy(Map.of(Rule.DAILY, 7)), copied))
                .containsExactlyInAnyOrderElementsOf(copied.subList(23, 30));
    }

    @Test
    void whatIsNotWholeLeavesByTheSameRules() {
        var days = IntStream.range(0, 30)
                .mapToObj(number -> candidate(day(number), day(number), number % 2 == 0))
                .toList();

        var kept = kept(policy(Map.of(Rule.DAILY, 3)), days);

        // Three days that are whole, and of those that are not the ones among the three newest of all.
        assertThat(kept)
                .containsExactlyInAnyOrder(days.get(28), days.get(26), days.get(24), days.get(29), days.get(27));
    }

    @RepeatedTest(200)
    void garbageNeverPushesAGoodOneOut(RepetitionInfo repetition) {
        // Given any history of a source, and beside it anything that is late, of the future or not whole
        var random = new Random(repetition.getCurrentRepetition());
        var history = new ArrayList<Candidate>();
        var garbage = new ArrayList<Candidate>();
        var time = START;
        var count = 5 + random.nextInt(60);
        for (var number = 0; number < count; number++) {
            time = time.plus(Duration.ofMinutes(1 + random.nextInt(3000)));
            history.add(good(time));
            var stored = time.plusSeconds(600 + random.nextInt(5));
            switch (random.nextInt(5)) {
                case 0 -> garbage.add(candidate(stored.plus(Duration.ofHours(1 + random.nextInt(9000))), stored, true));
                case 1 ->
                    garbage.add(
                            candidate(time.minusSeconds(1 + random.nextInt(9_000_000)), stored.plusSeconds(9), true));
                case 2 -> garbage.add(candidate(stored, stored, false));
                default -> {}
            }
        }
        var rules = new EnumMap<Rule, Integer>(Rule.class);
        for (var rule = 0; rule < 3; rule++) {
            rules.put(RULES.get(random.nextInt(RULES.size())), 1 + random.nextInt(5));
        }
        var policy = policy(rules);

        // Then each good one that is kept without it is kept with it
        assertThat(kept(policy, with(history, garbage))).containsAll(kept(policy, history));
    }
}
