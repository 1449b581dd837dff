package org.clusterbackup.repository;

import java.util.Comparator;
import java.util.Locale;

/**
 * The registry of everything that can go wrong for an operator. Names and exit codes are stable: scripts depend on them.
 * {@code docs/configuration.md} holds the table for people; a test compares the two.
 */
public enum Kind {
    FAILED(1, false, "failed, with no finer code"),
    USAGE(2, false, "the command was not understood"),
    WARNINGS(3, false, "finished, but something was skipped or warned about"),
    NO_REPOSITORY(10, false, "there is no repository at that place"),
    BUSY(11, true, "somebody else is at it"),
    NO_KEY(12, false, "no key at hand opens it"),
    SIGNATURE(13, false, "a signature is wrong or its signer is unknown"),
    DAMAGED(14, false, "bytes are missing, cut, changed or too many"),
    UNKNOWN_FORMAT(15, false, "written by a newer program, or not by this one"),
    TARGET_UNFIT(
            16,
            false,
            "the place or this machine does not fit: not empty, still live, a program or a right is missing; or not all came back"),
    UNREACHABLE(17, true, "no answer; a retry may help"),
    SOURCE_INCOMPLETE(18, true, "the source did not prove that it was complete; nothing was committed"),
    DRILL_FAILED(19, false, "a drill failed or took longer than its objective"),
    RETAINED(
            20,
            false,
            "retention, an object lock or an append-only store protects it, or the ledger says that it was deleted on purpose"),
    NO_SPACE(1, true, "the place to write to is full"),
    NOT_PERMITTED(1, false, "the credential does not allow it"),
    NOT_FOUND(1, false, "there is no such object"),
    OFF_SITE(1, false, "staging keeps only the index of it; its bytes are at the targets");

    /** Of several findings the first in this order decides the exit code; {@code docs/configuration.md} has it for people. */
    public static final Comparator<Kind> GRAVEST_FIRST = Comparator.comparingInt(Kind::lightness);

    private final int exitCode;
    private final boolean retryable;
    private final String meaning;

    Kind(int exitCode, boolean retryable, String meaning) {
        this.exitCode = exitCode;
        this.retryable = retryable;
        this.meaning = meaning;
    }

    /** As events and the JSON of the command line spell it: {@code no-space}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The process exit code of {@code clusterbackup} when this ends a command. */
    public int exitCode() {
        return exitCode;
    }

    /** Whether the same call may succeed later without anybody changing anything. */
    public boolean retryable() {
        return retryable;
    }

    public String meaning() {
        return meaning;
    }

    /** Whether it says something of the one object that was read, and nothing of the place where it lies. */
    public boolean concernsObject() {
        return switch (this) {
            case SIGNATURE, DAMAGED, UNKNOWN_FORMAT, NOT_FOUND, OFF_SITE -> true;
            case FAILED,
                    USAGE,
                    WARNINGS,
                    NO_REPOSITORY,
                    BUSY,
                    NO_KEY,
                    TARGET_UNFIT,
                    UNREACHABLE,
                    SOURCE_INCOMPLETE,
                    DRILL_FAILED,
                    RETAINED,
                    NO_SPACE,
                    NOT_PERMITTED -> false;
        };
    }

    private int lightness() {
        return switch (this) {
            case UNKNOWN_FORMAT -> 0;
            case SIGNATURE -> 1;
            case DAMAGED -> 2;
            case NO_KEY -> 3;
            case FAILED,
                    USAGE,
                    NO_REPOSITORY,
                    BUSY,
                    TARGET_UNFIT,
                    UNREACHABLE,
                    SOURCE_INCOMPLETE,
                    DRILL_FAILED,
                    RETAINED,
                    NO_SPACE,
                    NOT_PERMITTED,
                    NOT_FOUND,
                    OFF_SITE -> 4;
            case WARNINGS -> 5;
        };
    }
}
