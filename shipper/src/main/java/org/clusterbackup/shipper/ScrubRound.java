package org.clusterbackup.shipper;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.LedgerWriter;
import org.clusterbackup.repository.copy.PackMending;
import org.clusterbackup.repository.ledger.LedgerHead;
import org.clusterbackup.repository.scrub.ScrubListener;
import org.clusterbackup.repository.scrub.ScrubState;
import org.clusterbackup.repository.scrub.Scrubber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads back the share of the target that is due, and mends from staging what any scrub found damaged, also where the
 * manifests that need it have long been there. For one thread.
 */
final class ScrubRound {
    private static final Logger LOG = LoggerFactory.getLogger(ScrubRound.class);

    /** At the latest; and of the time in which all is read one part of so many. */
    private static final Duration LONGEST_EVERY = Duration.ofDays(1);

    private static final int PARTS = 24;
    /** All is read in four fifths of the time: the rest is for what fails, and for days that are lost. */
    private static final double HASTE = 1.25;

    private final Ends ends;
    private final LedgerWriter writer;
    private final Scrubber scrubber;
    private final Duration within;
    private final Clock clock;
    /** What could not be mended and was said. */
    private final Set<Sha256> told = new HashSet<>();

    private List<LedgerHead> seen = List.of();
    private Optional<ScrubState> state = Optional.empty();

    /**
     * @param within the time in which all of the target is read once
     * @param bytesPerSecond 0 for no limit
     */
    ScrubRound(Ends ends, Surroundings surroundings, Duration within, long bytesPerSecond, Clock clock) {
        this.ends = ends;
        this.writer = new LedgerWriter(
                ends.target(), ends.ledger(), ends.key(), ends.options().owner(), surroundings::heads);
        this.scrubber = new Scrubber(writer, bytesPerSecond);
        this.within = within;
        this.clock = clock;
    }

    static Duration every(Duration within) {
        var part = within.dividedBy(PARTS);
        return part.compareTo(LONGEST_EVERY) < 0 ? part : LONGEST_EVERY;
    }

    /** How many of {@code bytes} are due: as much as the time since the last scrub is of the time in which all is read. */
    static long due(long bytes, Optional<Instant> last, Instant now, Duration within) {
        var every = every(within);
        // A time in the future is one of a clock that was wrong.
        var since = last.filter(time -> !time.isAfter(now))
                .map(time -> Duration.between(time, now))
                .orElse(every);
        if (since.compareTo(every) < 0) {
            return 0;
        }
        return Math.min(bytes, (long) Math.ceil(HASTE * bytes * since.toMillis() / Math.max(1, within.toMillis())));
    }

    /** @return what is known of the target then */
    ScrubState once() throws BackupException {
        var chain = ends.ledger().read();
        var known = look();
        var due = due(known.bytes(), chain.scrubs().last(), clock.instant(), within);
        if (due > 0) {
            scrub(due);
            known = look();
        }
        if (!known.damaged().isEmpty()) {
            mend(known.damaged());
            known = look();
        }
        return known;
    }

    /** Lists the target again if it is due or the ledger says something new. */
    private ScrubState look() throws BackupException {
        var chain = ends.ledger().read();
        var due = due(1, chain.scrubs().last(), clock.instant(), within) > 0;
        if (state.isEmpty() || due || !chain.heads().equals(seen)) {
            state = Optional.of(ScrubState.of(ends.target(), chain));
            seen = chain.heads();
        }
        return state.get();
    }

    private void scrub(long due) throws BackupException {
        var scrubbed = scrubber.run(due, new ScrubListener() {
            @Override
            public void damaged(Sha256 pack, String how) {
                LOG.error("pack at the target {} pack={} target={}", how, pack, ends.name());
            }
        });
        LOG.info(
                "scrubbed packs={} bytes={} damaged={} target={}",
                scrubbed.packs(),
                scrubbed.bytes(),
                scrubbed.damaged().size(),
                ends.name());
    }

    private void mend(List<Sha256> damaged) throws BackupException {
        var mended = new PackMending(ends.staging(), writer).mend(damaged, CopyListener.NONE);
        mended.whole().keySet().forEach(pack -> LOG.info("pack is whole again pack={} target={}", pack, ends.name()));
        told.retainAll(mended.failed().keySet());
        mended.failed().forEach((pack, e) -> {
            if (told.add(pack)) {
                LOG.error(
                        "pack at the target is damaged and staging cannot mend it pack={} target={}: {}",
                        pack,
                        ends.name(),
                        e.getMessage());
            }
        });
    }
}
