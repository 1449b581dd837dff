package org.clusterbackup.cli.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.retention.Policy;
import org.clusterbackup.repository.retention.Retention;
import org.clusterbackup.repository.retention.Rule;
import org.junit.jupiter.api.Test;

/** By hand: ten daily runs at noon, the first of 1000 stored bytes; each later one adds 10. */
class ForecasterTest {
    private static final SourceName SOURCE = new SourceName("brick/gv0/0/node-a");
    private static final Instant FIRST = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final int RUNS = 10;
    private static final Instant NOW = FIRST.plus(DAY.multipliedBy(RUNS - 1)).plus(Duration.ofHours(1));
    private static final Policy ALL = new Policy(Map.of(Rule.LAST, Policy.UNLIMITED), Optional.empty());
    private static final Policy WEEK = new Policy(Map.of(Rule.DAILY, 7), Optional.empty());

    private static History.Run run(Instant time, long stream, long stored, long added) {
        return new History.Run(
                new ArtifactRef(SOURCE, ArtifactId.at(time, new Random(time.toEpochMilli()))),
                time,
                stream,
                stored,
                added,
                Duration.ofSeconds(60));
    }

    private static List<History.Run> days(IntToLongFunction stream) {
        return new ArrayList<>(IntStream.range(0, RUNS)
                .mapToObj(day ->
                        run(FIRST.plus(DAY.multipliedBy(day)), stream.applyAsLong(day), 1000, day == 0 ? 1000 : 10))
                .toList());
    }

    private static History history(List<History.Run> runs, boolean retired) {
        return new History(SOURCE, runs, new TreeSet<>(), 0, retired, 1000);
    }

    private static Forecast forecast(Policy policy, History history) {
        return new Forecaster(Optional.of(Retention.of(policy)), Optional.empty(), 0.01, NOW).of(history);
    }

    @Test
    void aWeekOfDailyRunsIsKeptAndEachHoldsWhatOneRunAdded() {
        var forecast = forecast(WEEK, history(days(_ -> 2000), false));

        assertThat(forecast.every()).isEqualTo(DAY);
        assertThat(forecast.addedPerRun()).isEqualTo(10);
        assertThat(forecast.restsOn()).isEqualTo(RUNS - 1);
        assertThat(forecast.addedPerYear()).isEqualTo(3650);
        assertThat(forecast.streamInAYear()).isEqualTo(2000);
        assertThat(forecast.keptNow()).isEqualTo(7);
        assertThat(forecast.keptInAYear()).isEqualTo(7);
        assertThat(forecast.bytesInAYear()).isEqualTo(1000 + 6 * 10);
    }

    @Test
    void whereRunsBetweenAreDroppedTheirBytesStay() {
        var fewer = new Policy(Map.of(Rule.DAILY, 1, Rule.YEARLY, 9), Optional.empty());

        var forecast = forecast(fewer, history(days(_ -> 2000), false));

        // Kept are the first of all, the last of the old year and the newest: all runs but the first stand between
        // them.
        assertThat(forecast.keptInAYear()).isEqualTo(3);
        assertThat(forecast.bytesInAYear()).isBetween(1000L + 1000, 1000L + 2 * 1000);
    }

    @Test
    void withoutAPolicyEverythingStays() {
        var forecast = forecast(ALL, history(days(_ -> 2000), false));

        assertThat(forecast.keptNow()).isEqualTo(RUNS);
        assertThat(forecast.keptInAYear()).isEqualTo(RUNS + 365);
        assertThat(forecast.bytesInAYear()).isEqualTo(1000 + (RUNS + 365 - 1) * 10);
    }

    @Test
    void aStreamGrowsOnAsItGrew() {
        var forecast = forecast(WEEK, history(days(day -> 1000 + day * 100L), false));

        assertThat(forecast.streamInAYear()).isEqualTo(1900 + 365 * 100);
        assertThat(forecast.bytesInAYear()).isEqualTo((long) (1000.0 * (1900 + 36500) / 1900) + 6 * 10);
    }

    @Test
    void aSourceThatShrinksEndsAtNothing() {
        var forecast = forecast(WEEK, history(days(day -> 2000 - day * 200L), false));

        assertThat(forecast.streamInAYear()).isZero();
        assertThat(forecast.bytesInAYear()).isEqualTo(6 * 10);
    }

    @Test
    void aStreamThatIsEmptyIsForeseenToStayAsItIs() {
        var forecast = forecast(WEEK, history(days(_ -> 0), false));

        assertThat(forecast.streamInAYear()).isZero();
        assertThat(forecast.bytesInAYear()).isEqualTo(1000 + 6 * 10);
    }

    @Test
    void oneRunTellsNothingOfGrowthAndItIsAssumed() {
        var forecast = forecast(WEEK, history(List.of(run(NOW, 2000, 1000, 1000)), false));

        assertThat(forecast.restsOn()).isZero();
        assertThat(forecast.every()).isEqualTo(Forecaster.DAILY);
        assertThat(forecast.addedPerRun()).as("one percent").isEqualTo(10);
        assertThat(forecast.streamInAYear()).isEqualTo(2000);
        assertThat(forecast.keptNow()).isEqualTo(1);
        assertThat(forecast.keptInAYear()).isEqualTo(7);
    }

    @Test
    void aRetiredSourceGetsNoMoreAndKeepsWhatThePolicyKeeps() {
        var forecast = forecast(WEEK, history(days(day -> 1000 + day * 100L), true));

        assertThat(forecast.addedPerYear()).isZero();
        assertThat(forecast.streamInAYear()).isEqualTo(1900);
        assertThat(forecast.keptInAYear()).isEqualTo(forecast.keptNow()).isEqualTo(7);
        assertThat(forecast.bytesInAYear()).isEqualTo(1000 + 6 * 10);
    }

    @Test
    void runsThatWereDeletedSinceStillTellHowOftenTheyCome() {
        // Given what a prune left of ten days: the first, and one that was the eighth
        var all = days(_ -> 2000);
        var times = new TreeSet<>(all.stream().map(History.Run::time).toList());

        var history = new History(SOURCE, List.of(all.get(7), all.get(9)), times, 0, false, 1000);

        assertThat(history.interval()).contains(DAY);
        assertThat(history.later()).as("neither is the source's first").hasSize(2);
        assertThat(forecast(WEEK, history).addedPerYear()).isEqualTo(3650);
    }

    @Test
    void anOutageIsNoInterval() {
        var runs = days(_ -> 2000);
        runs.removeLast();
        runs.add(run(FIRST.plus(Duration.ofDays(60)), 2000, 1000, 10));

        assertThat(history(runs, false).interval()).contains(DAY);
    }

    @Test
    void numbersThatNoLongHoldsEndAtTheGreatest() {
        var most = Long.MAX_VALUE;
        var runs = List.of(run(FIRST, most / 2, most, most), run(FIRST.plus(DAY), most, most, most));

        var forecast = forecast(ALL, new History(SOURCE, runs, new TreeSet<>(), 0, false, most));

        assertThat(forecast.addedPerRun()).isEqualTo(most);
        assertThat(forecast.addedPerYear()).isEqualTo(most);
        assertThat(forecast.streamInAYear()).isEqualTo(most);
        assertThat(forecast.bytesInAYear()).isEqualTo(most);
    }

    @Test
    void runsInEveryMinuteArePlayedEveryQuarterOfAnHour() {
        var runs = List.of(run(NOW.minusSeconds(120), 1, 1, 1), run(NOW.minusSeconds(60), 1, 1, 1));

        var forecast = forecast(WEEK, history(runs, false));

        assertThat(forecast.every()).isEqualTo(Forecaster.MOST_OFTEN);
        assertThat(forecast.keptInAYear()).isEqualTo(7);
    }

    @Test
    void aRunOfTheFutureMovesNothing() {
        var far = Instant.parse("9999-12-31T00:00:00Z");

        var forecast = forecast(WEEK, history(List.of(run(FIRST, 1, 1, 1), run(far, 1, 1, 1)), false));

        assertThat(forecast.keptNow()).isEqualTo(2);
        assertThat(forecast.bytesInAYear()).isPositive();
    }

    @Test
    void whatIsSaidCountsMoreThanWhatWas() {
        var weekly = new Forecaster(Optional.of(Retention.of(WEEK)), Optional.of(Duration.ofDays(7)), 0.01, NOW)
                .of(history(days(_ -> 1), false));

        assertThat(weekly.every()).isEqualTo(Duration.ofDays(7));
        assertThat(weekly.addedPerYear()).isEqualTo(10 * 365 / 7);
    }
}
