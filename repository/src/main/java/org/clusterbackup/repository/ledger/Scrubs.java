package org.clusterbackup.repository.ledger;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.clusterbackup.repository.Sha256;

/** What the scrubs of a ledger say: of each pack the last one that read it counts. Immutable. */
public final class Scrubs {
    /** The least name that a pack can have. */
    public static final Sha256 FIRST = new Sha256("0".repeat(64));

    /** The greatest. */
    public static final Sha256 LAST = new Sha256("f".repeat(64));

    private static final int HEX = 16;

    /** Stretches of names that were read last in one scrub, by their least; they do not overlap. */
    private final NavigableMap<Sha256, Stretch> stretches = new TreeMap<>();

    private final Map<Sha256, Instant> damaged = new HashMap<>();
    private final Optional<Instant> last;

    private record Stretch(Sha256 to, Instant time) {}

    private Scrubs(Optional<Instant> last) {
        this.last = last;
    }

    static Scrubs of(List<LedgerChain.Link> links) {
        var entries = links.stream()
                .map(LedgerChain.Link::entry)
                .filter(entry -> entry.body().orElse(null) instanceof Scrub)
                .toList();
        var scrubs = new Scrubs(
                entries.isEmpty()
                        ? Optional.empty()
                        : Optional.of(entries.getLast().time()));
        // A scrub whose clock was ahead was before those that follow it: or nothing it read would be read again until
        // then.
        var read = new Instant[entries.size()];
        var limit = Instant.MAX;
        for (var i = read.length - 1; i >= 0; i--) {
            limit = entries.get(i).time().isBefore(limit) ? entries.get(i).time() : limit;
            read[i] = limit;
        }
        for (var i = 0; i < read.length; i++) {
            scrubs.add(
                    (Scrub) entries.get(i).body().orElseThrow(),
                    read[i],
                    entries.get(i).time());
        }
        return scrubs;
    }

    /** @param found when it named what is damaged: as it was entered, so that nothing else makes that whole again */
    private void add(Scrub scrub, Instant time, Instant found) {
        if (scrub.from().compareTo(scrub.to()) > 0) {
            return;
        }
        damaged.keySet().removeIf(pack -> isWithin(pack, scrub.from(), scrub.to()));
        scrub.damaged().forEach(pack -> damaged.put(pack, found));

        var before = stretches.lowerEntry(scrub.from());
        if (before != null && before.getValue().to().compareTo(scrub.from()) >= 0) {
            stretches.put(
                    before.getKey(),
                    new Stretch(previous(scrub.from()), before.getValue().time()));
            cutAfter(scrub.to(), before.getValue());
        }
        // A copy: what a TreeMap's entries say changes when others are removed.
        new TreeMap<>(stretches.subMap(scrub.from(), true, scrub.to(), true)).forEach((from, stretch) -> {
            stretches.remove(from);
            cutAfter(scrub.to(), stretch);
        });
        stretches.put(scrub.from(), new Stretch(scrub.to(), time));
    }

    /** Keeps of {@code stretch} what lies after {@code to}. */
    private void cutAfter(Sha256 to, Stretch stretch) {
        if (stretch.to().compareTo(to) > 0) {
            stretches.put(next(to), stretch);
        }
    }

    private static boolean isWithin(Sha256 pack, Sha256 from, Sha256 to) {
        return from.compareTo(pack) <= 0 && to.compareTo(pack) >= 0;
    }

    /** The name after {@code name}, which is not the last. */
    public static Sha256 next(Sha256 name) {
        return moved(name, BigInteger.ONE);
    }

    /** The name before {@code name}, which is not the first. */
    public static Sha256 previous(Sha256 name) {
        return moved(name, BigInteger.ONE.negate());
    }

    private static Sha256 moved(Sha256 name, BigInteger by) {
        var digits = new BigInteger(name.hex(), HEX).add(by).toString(HEX);
        return new Sha256("0".repeat(Math.max(0, LAST.hex().length() - digits.length())) + digits);
    }

    /** When the pack was read last. */
    public Optional<Instant> read(Sha256 pack) {
        return Optional.ofNullable(stretches.floorEntry(pack))
                .map(Map.Entry::getValue)
                .filter(stretch -> stretch.to().compareTo(pack) >= 0)
                .map(Stretch::time);
    }

    /**
     * When a scrub found the pack damaged or missing, unless a later one found it whole. It is another pack if it was
     * stored since.
     */
    public Optional<Instant> foundDamaged(Sha256 pack) {
        return Optional.ofNullable(damaged.get(pack));
    }

    /** Everything that {@link #foundDamaged}. */
    public Set<Sha256> damaged() {
        return new TreeSet<>(damaged.keySet());
    }

    /** When the last scrub was entered. */
    public Optional<Instant> last() {
        return last;
    }

    /** The least name that no scrub has read; if there is none, the least of those that were read longest ago. */
    public Sha256 oldest() {
        var unread = FIRST;
        for (var stretch : stretches.entrySet()) {
            if (!stretch.getKey().equals(unread)) {
                return unread;
            }
            if (stretch.getValue().to().equals(LAST)) {
                return stretches.entrySet().stream()
                        .min(Map.Entry.comparingByValue((a, b) -> a.time().compareTo(b.time())))
                        .orElseThrow()
                        .getKey();
            }
            unread = next(stretch.getValue().to());
        }
        return unread;
    }
}
