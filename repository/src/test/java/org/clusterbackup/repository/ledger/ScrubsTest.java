package org.clusterbackup.repository.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TargetName;
import org.junit.jupiter.api.Test;

class ScrubsTest {
    private static final Instant START = Instant.parse("2026-11-22T03:00:00Z");

    private final List<LedgerChain.Link> links = new ArrayList<>();

    private static Sha256 name(int number) {
        return new Sha256("%064x".formatted(number));
    }

    private void enter(int from, int to, Sha256... damaged) {
        enter(name(from), name(to), damaged);
    }

    private void enter(Sha256 from, Sha256 to, Sha256... damaged) {
        var number = links.size() + 1;
        var entry = new LedgerEntry(
                "r",
                new TargetName("tape"),
                number,
                List.of(),
                time(number),
                Scrub.KIND,
                Map.of(),
                Optional.of(new Scrub(from, to, 1, 1, List.of(damaged))));
        links.add(new LedgerChain.Link(new LedgerHead(number, name(number)), entry));
    }

    private static Instant time(int number) {
        return START.plusSeconds(number);
    }

    private Scrubs scrubs() {
        return Scrubs.of(links);
    }

    @Test
    void withoutAScrubNothingWasReadAndTheFirstIsNext() {
        assertThat(scrubs().oldest()).isEqualTo(Scrubs.FIRST);
        assertThat(scrubs().read(name(7))).isEmpty();
        assertThat(scrubs().last()).isEmpty();
    }

    @Test
    void whatWasNeverReadComesBeforeWhatWasReadLongAgo() {
        enter(Scrubs.FIRST, name(9));
        assertThat(scrubs().oldest()).isEqualTo(name(10));
        enter(name(20), Scrubs.LAST);
        assertThat(scrubs().oldest()).isEqualTo(name(10));
        enter(10, 19);
        assertThat(scrubs().oldest()).isEqualTo(Scrubs.FIRST);
        enter(Scrubs.FIRST, name(9));
        assertThat(scrubs().oldest()).isEqualTo(name(20));
    }

    @Test
    void ofEachPackTheLastScrubCountsAsInAMapOfAllNames() {
        // Given 300 scrubs of random ranges, some of them upside down
        var random = new Random(5);
        var expected = new TreeMap<Integer, Instant>();
        for (var i = 1; i <= 300; i++) {
            var from = random.nextInt(64);
            var to = random.nextInt(64);
            enter(from, to);
            for (var name = from; name <= to; name++) {
                expected.put(name, time(i));
            }
            var scrubs = scrubs();
            for (var name = 0; name < 64; name++) {
                assertThat(scrubs.read(name(name))).isEqualTo(Optional.ofNullable(expected.get(name)));
            }
        }
    }

    @Test
    void damageStandsUntilALaterScrubReadsThePackAndFindsItWhole() {
        enter(0, 50, name(7), name(20));
        assertThat(scrubs().damaged()).containsExactly(name(7), name(20));
        assertThat(scrubs().foundDamaged(name(7))).contains(time(1));

        enter(0, 10);
        assertThat(scrubs().damaged()).containsExactly(name(20));
        enter(20, 20, name(20));
        assertThat(scrubs().foundDamaged(name(20))).contains(time(3));
    }

    @Test
    void namesFollowEachOtherAcrossEveryDigit() {
        assertThat(Scrubs.next(new Sha256("0f".repeat(32)))).isEqualTo(new Sha256("0f".repeat(31) + "10"));
        assertThat(Scrubs.previous(name(256))).isEqualTo(name(255));
        assertThat(Scrubs.next(Scrubs.previous(Scrubs.LAST))).isEqualTo(Scrubs.LAST);
    }

    @Test
    void aScrubWhoseClockWasAheadIsNotNewerThanThoseThatFollowIt() {
        enter(Scrubs.FIRST, name(9), name(3));
        var ahead = links.removeLast();
        links.add(new LedgerChain.Link(
                ahead.head(),
                new LedgerEntry(
                        "r",
                        new TargetName("tape"),
                        1,
                        List.of(),
                        START.plusSeconds(1_000_000_000),
                        Scrub.KIND,
                        Map.of(),
                        ahead.entry().body())));
        enter(name(10), Scrubs.LAST);
        enter(name(20), Scrubs.LAST);

        assertThat(scrubs().read(name(5))).contains(time(2));
        assertThat(scrubs().oldest()).isEqualTo(Scrubs.FIRST);
        assertThat(scrubs().foundDamaged(name(3))).contains(START.plusSeconds(1_000_000_000));
    }
}
