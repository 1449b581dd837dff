package org.clusterbackup.repository;

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
    TARGET_UNFIT(16, false, "the place to write to does not fit"),
    UNREACHABLE(17, true, "no answer; a retry may help"),
    SOURCE_INCOMPLETE(18, true, "the source did not prove that it was complete; nothing was committed"),
    DRILL_FAILED(19, false, "a drill failed or took longer than its objective"),
    RETAINED(20, false, "retention or an append-only store protects it"),
    NO_SPACE(1, true, "the place to write to is full"),
    NOT_PERMITTED(1, false, "the credential does not allow it"),
    NOT_FOUND(1, false, "there is no such object");

    private final int exitCode;
    private final boolean retryable;
    private final String meaning;

    Kind(int exitCode, boolean retryable, String meaning) {
        this.exitCode = exitCode;
        this.retryable = retryable;
        this.meaning = meaning;
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
}
