package org.clusterbackup.repository.retention;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.clusterbackup.repository.ledger.Deletion;

/**
 * How far an artifact is trusted to be what its time says: no artifact takes a place from one that is trusted more.
 * Nothing but what is known at the target is asked, so that a writer who lies about time harms itself alone.
 */
enum Trust {
    /** Whole, and stored after every earlier run's and before every later run's. */
    GOOD(""),
    /** Whole, but it came when a later run's was there already: it was copied late, or a clock was set back. */
    LATE("came late"),
    /** A pack that it needs is missing, cut or damaged. */
    NOT_WHOLE("not whole"),
    /** It claims a time after it was stored. */
    FUTURE("time was in the future");

    private final String text;

    Trust(String text) {
        this.text = text;
    }

    /** For people; empty for what needs no word. */
    String text() {
        return text;
    }

    private record Event(Deletion.Arrival arrival, Optional<Candidate> candidate) {}

    /**
     * Tells apart what is left of one source.
     *
     * @param gone good ones that were deleted earlier
     * @return most trusted first; none is empty
     */
    static Map<Trust, List<Candidate>> of(Collection<Candidate> source, Collection<Deletion.Arrival> gone) {
        var byTrust = new EnumMap<Trust, List<Candidate>>(Trust.class);
        var events = Stream.concat(
                        gone.stream().map(arrival -> new Event(arrival, Optional.empty())),
                        source.stream().map(candidate -> new Event(candidate.arrival(), Optional.of(candidate))))
                .sorted(Comparator.comparing((Event event) -> event.arrival().stored())
                        .thenComparing(event -> event.arrival().time()))
                .toList();
        var newest = Instant.MIN;
        for (var event : events) {
            var time = event.arrival().time();
            var trust = of(event, newest);
            if (trust == GOOD) {
                newest = time;
            }
            event.candidate().ifPresent(candidate -> byTrust.computeIfAbsent(trust, _ -> new ArrayList<>())
                    .add(candidate));
        }
        return byTrust;
    }

    private static Trust of(Event event, Instant newest) {
        if (event.arrival().time().isAfter(event.arrival().stored().plus(RunTime.CLOCKS_DIFFER))) {
            return FUTURE;
        }
        if (event.candidate().filter(candidate -> !candidate.whole()).isPresent()) {
            return NOT_WHOLE;
        }
        return event.arrival().time().isBefore(newest) ? LATE : GOOD;
    }
}
