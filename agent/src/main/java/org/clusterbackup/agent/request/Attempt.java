package org.clusterbackup.agent.request;

import java.time.Instant;

/** How one attempt of a job went. */
sealed interface Attempt {
    /** The job has ended and the events say so. */
    record Ended() implements Attempt {}

    /** It will be tried again, not before then. */
    record Again(Instant notBefore) implements Attempt {}
}
