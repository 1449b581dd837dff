package org.clusterbackup.kubernetes.restore;

import java.util.Locale;

/** What became of one object. */
public enum Outcome {
    CREATED,
    CHANGED,
    UNCHANGED,
    /** Somebody else set a field to another value: nothing was changed. */
    CONFLICTING,
    /** The server does not take it. */
    REFUSED,
    /** Not brought back on purpose: the cluster makes it, or it is over. */
    LEFT_OUT;

    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public boolean isFailure() {
        return switch (this) {
            case CONFLICTING, REFUSED -> true;
            case CREATED, CHANGED, UNCHANGED, LEFT_OUT -> false;
        };
    }
}
