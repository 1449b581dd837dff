package org.clusterbackup.scheduler.owed;

import java.util.Locale;

/**
 * What becomes of owed work. Neither lag nor its growth tells: a job of hours and a consumer that hangs both stand at
 * the same offset. What tells is whether the work itself moves.
 */
public enum Verdict {
    /** Nothing is owed. */
    IDLE,
    /** The work moved lately, or was asked for just now. */
    WORKING,
    /** Somebody is there, and nothing moves. */
    STUCK,
    /** The group has no member. */
    NOBODY_THERE;

    /** As in metrics and JSON: {@code nobody-there}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
