package org.clusterbackup.brickagent.dump;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What xfsdump says on stderr, line by line, as long as it runs. Safe to read while another thread feeds it. */
final class DumpLog {
    private static final Pattern ESTIMATE = Pattern.compile("estimated dump size: ([0-9]+) bytes");
    private static final Pattern MEDIA_SIZE = Pattern.compile("media file size ([0-9]+) bytes");
    private static final Pattern STATUS = Pattern.compile("Dump Status: ([A-Z]+).*");
    private static final Pattern FILES = Pattern.compile("status at \\S+ ([0-9]+)/([0-9]+) files dumped,.*");
    private static final Pattern VERSION = Pattern.compile("version (\\S+) .*");
    private static final Pattern PROBLEM = Pattern.compile("(?:\\(pid \\S+\\) )?(WARNING|ERROR): (.*)");
    /**
     * What was deleted between the inode scan and its turn: the dump of a live file system cannot hold it. Its inode is
     * gone, or about to go, or another's by now. Each was seen but the fourth, which is in xfsdump's source (dump/content.c).
     */
    private static final Pattern DELETED = Pattern.compile("""
            could not open regular file ino .*: Stale file handle: not dumped\
            |unable to open directory: ino [0-9]+: Stale file handle\
            |inomap inconsistency ino [0-9]+: map says changed dir but is now non-dir: NOT dumping\
            |could not stat dirent .* ino [0-9]+: (?:No such file or directory|Invalid argument|Stale file handle): using null generation count in directory entry\
            |failed to get bulkstat information for inode [0-9]+""");
    /** What was deleted in its turn: its content is in the dump, what is read by its handle is not. */
    private static final Pattern BARE = Pattern.compile(
            "could not (?:get list of|retrieve) \\S+ attributes for (?:non)?dir ino ([0-9]+): Stale file handle .*");

    /** What it says of itself after many an error, forty lines of it. */
    private static final Pattern USAGE = Pattern.compile("usage: .*|\\[ .* ?\\]");

    private static final String PREFIX = "xfsdump: ";
    private static final int SAID = 3;
    private static final int KEPT_LINES = 200;
    private static final int KEPT_CHARACTERS = 500;

    private final List<String> problems = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final List<String> tail = new ArrayList<>();
    private long deletedMeanwhile;
    private long bare;
    private String lastBare = "none";
    private OptionalLong estimate = OptionalLong.empty();
    private OptionalLong mediaFileSize = OptionalLong.empty();
    private OptionalLong files = OptionalLong.empty();
    private @Nullable String status;
    private String version = "unknown";

    synchronized void add(String raw) {
        var line = raw.startsWith(PREFIX) ? raw.substring(PREFIX.length()).strip() : raw.strip();
        if (!USAGE.matcher(line).matches()) {
            keep(tail, line);
        }
        if (tail.size() == KEPT_LINES) {
            tail.subList(0, KEPT_LINES / 2).clear();
        }
        number(ESTIMATE, line, 1).ifPresent(n -> estimate = OptionalLong.of(n));
        number(MEDIA_SIZE, line, 1).ifPresent(n -> mediaFileSize = OptionalLong.of(n));
        number(FILES, line, 2).ifPresent(n -> files = OptionalLong.of(n));
        var said = STATUS.matcher(line);
        if (said.matches()) {
            status = said.group(1);
        }
        var known = VERSION.matcher(line);
        if (known.matches()) {
            version = known.group(1);
        }
        problem(PROBLEM.matcher(line));
    }

    private void problem(Matcher problem) {
        if (!problem.matches()) {
            return;
        }
        var warning = problem.group(1).equals("WARNING");
        if (!warning && errors.size() < SAID) {
            keep(errors, "error: " + problem.group(2));
        }
        var bared = BARE.matcher(problem.group(2));
        if (warning && DELETED.matcher(problem.group(2)).matches()) {
            deletedMeanwhile++;
        } else if (warning && bared.matches()) {
            // One line for each kind of attribute, one after the other.
            bare += lastBare.equals(bared.group(1)) ? 0 : 1;
            lastBare = bared.group(1);
        } else if (problems.size() < KEPT_LINES) {
            keep(problems, problem.group(1).toLowerCase(Locale.ROOT) + ": " + problem.group(2));
        }
    }

    private static void keep(List<String> lines, String line) {
        lines.add(line.length() > KEPT_CHARACTERS ? line.substring(0, KEPT_CHARACTERS) + "…" : line);
    }

    private static OptionalLong number(Pattern pattern, String line, int group) {
        var matcher = pattern.matcher(line);
        try {
            return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(group))) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    synchronized String version() {
        return version;
    }

    synchronized OptionalLong estimate() {
        return estimate;
    }

    synchronized OptionalLong mediaFileSize() {
        return mediaFileSize;
    }

    /** How many files that are no folders the dump set out to hold, once a progress line has said so. */
    synchronized OptionalLong files() {
        return files;
    }

    /** Whether the last status said was SUCCESS. */
    synchronized boolean succeeded() {
        return "SUCCESS".equals(status);
    }

    synchronized String status() {
        return status == null ? "none" : status;
    }

    synchronized long deletedMeanwhile() {
        return deletedMeanwhile;
    }

    /** How many files and folders were deleted in their turn, and are in the dump without some of their attributes. */
    synchronized long bare() {
        return bare;
    }

    /** Warnings and errors of which any one makes the dump unusable. */
    synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    /** The first errors and the last things said, for a message to an operator. */
    synchronized String lastWords() {
        var others = tail.stream().filter(line -> !isError(line)).toList();
        var words = new ArrayList<>(errors);
        words.addAll(others.subList(Math.max(0, others.size() - SAID), others.size()));
        return String.join("; ", words);
    }

    private static boolean isError(String line) {
        var problem = PROBLEM.matcher(line);
        return problem.matches() && problem.group(1).equals("ERROR");
    }
}
