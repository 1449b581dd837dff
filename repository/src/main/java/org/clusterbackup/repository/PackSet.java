package org.clusterbackup.repository;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * Packs by name with their stored sizes and times, as one listing found them: about 60 bytes a pack, so that a listing of a
 * petabyte in packs of 16 MiB still fits where a service runs. Whole digests are kept: a name made to begin like
 * another must not pass for it. Safe for use by many threads.
 */
public final class PackSet {
    public static final String FOLDER = "packs";
    /** What {@link #size} returns for a pack that is not in the set. */
    public static final long ABSENT = -1;

    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern PATH = Pattern.compile("packs/([0-9a-f]{2})/(\\1[0-9a-f]{62})");
    private static final int WORDS = 4;
    private static final int HEX_PER_WORD = 16;
    private static final int FIRST_CAPACITY = 1024;
    private static final double MAX_LOAD = 0.8;

    /** Four words a slot; a slot is free where {@link #sizes} has 0. */
    private long[] names = new long[FIRST_CAPACITY * WORDS];

    /** Stored size plus 1. */
    private long[] sizes = new long[FIRST_CAPACITY];

    /** Seconds since 1970, unsigned. */
    private int[] times = new int[FIRST_CAPACITY];

    private int count;

    /** Where the pack {@code name} lies. */
    public static String path(String name) {
        return FOLDER + "/" + name.substring(0, 2) + "/" + name;
    }

    /** Where {@code pack} lies. */
    public static String path(Sha256 pack) {
        return path(pack.hex());
    }

    /** Whether {@code name} is one that a pack can have. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Whether {@code path} is where a pack lies, folder and name agreeing. */
    public static boolean isPath(String path) {
        return PATH.matcher(path).matches();
    }

    /** The name of the pack at {@code path}, which {@link #isPath}. */
    public static String nameOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Every pack that {@code store} lists now; objects with other names below {@code packs/} are left out. */
    public static PackSet list(ObjectStore store) throws BackupException {
        var packs = new PackSet();
        store.list(FOLDER, packs::addListed);
        return packs;
    }

    private void addListed(ObjectInfo info) {
        if (isPath(info.name())) {
            add(nameOf(info.name()), info.size(), info.modified());
        }
    }

    /** Adds the pack or changes its size and time. */
    public synchronized void add(String name, long size, Instant time) {
        if (count >= sizes.length * MAX_LOAD) {
            grow();
        }
        var key = words(name);
        var slot = slot(key);
        if (sizes[slot] == 0) {
            System.arraycopy(key, 0, names, slot * WORDS, WORDS);
            count++;
        }
        sizes[slot] = size + 1;
        times[slot] = (int) time.getEpochSecond();
    }

    /** After this the pack is not in the set. */
    public synchronized void remove(String name) {
        var free = slot(words(name));
        if (sizes[free] == 0) {
            return;
        }
        sizes[free] = 0;
        count--;
        // What was put behind it because it was there moves up, so that no search ends too early (Knuth 6.4, R).
        for (var i = next(free); sizes[i] != 0; i = next(i)) {
            var home = (int) Long.remainderUnsigned(names[i * WORDS], sizes.length);
            var stays = free < i ? free < home && home <= i : free < home || home <= i;
            if (!stays) {
                System.arraycopy(names, i * WORDS, names, free * WORDS, WORDS);
                sizes[free] = sizes[i];
                times[free] = times[i];
                sizes[i] = 0;
                free = i;
            }
        }
    }

    /** The stored size, or {@link #ABSENT}. */
    public synchronized long size(String name) {
        return sizes[slot(words(name))] - 1;
    }

    /** The time that came with the pack, to the second; by a listing, when it was stored by the store's clock. */
    public synchronized Optional<Instant> time(String name) {
        var slot = slot(words(name));
        return sizes[slot] == 0
                ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(Integer.toUnsignedLong(times[slot])));
    }

    public boolean contains(String name) {
        return size(name) != ABSENT;
    }

    /** What {@link #forEach} tells. */
    @FunctionalInterface
    public interface Each {
        void pack(String name, long size) throws BackupException;
    }

    /** Tells of every pack, in no order; the set must not change meanwhile. */
    public void forEach(Each each) throws BackupException {
        for (var i = 0; i < sizes.length; i++) {
            if (sizes[i] != 0) {
                each.pack(name(i), sizes[i] - 1);
            }
        }
    }

    private String name(int slot) {
        var hex = HexFormat.of();
        var name = new StringBuilder(WORDS * HEX_PER_WORD);
        for (var i = 0; i < WORDS; i++) {
            name.append(hex.toHexDigits(names[slot * WORDS + i]));
        }
        return name.toString();
    }

    public synchronized int count() {
        return count;
    }

    private int slot(long[] key) {
        // A digest is its own hash.
        var slot = (int) Long.remainderUnsigned(key[0], sizes.length);
        while (sizes[slot] != 0 && !Arrays.equals(names, slot * WORDS, slot * WORDS + WORDS, key, 0, WORDS)) {
            slot = next(slot);
        }
        return slot;
    }

    private int next(int slot) {
        return slot + 1 == sizes.length ? 0 : slot + 1;
    }

    private void grow() {
        var oldNames = names;
        var oldSizes = sizes;
        var oldTimes = times;
        var capacity = oldSizes.length + oldSizes.length / 2;
        names = new long[capacity * WORDS];
        sizes = new long[capacity];
        times = new int[capacity];
        for (var i = 0; i < oldSizes.length; i++) {
            if (oldSizes[i] != 0) {
                var slot = slot(Arrays.copyOfRange(oldNames, i * WORDS, i * WORDS + WORDS));
                System.arraycopy(oldNames, i * WORDS, names, slot * WORDS, WORDS);
                sizes[slot] = oldSizes[i];
                times[slot] = oldTimes[i];
            }
        }
    }

    private static long[] words(String name) {
        if (name.length() != WORDS * HEX_PER_WORD) {
            throw new IllegalArgumentException("not a pack's name: " + name);
        }
        var words = new long[WORDS];
        for (var i = 0; i < WORDS; i++) {
            words[i] = Long.parseUnsignedLong(name, i * HEX_PER_WORD, (i + 1) * HEX_PER_WORD, 16);
        }
        return words;
    }
}
