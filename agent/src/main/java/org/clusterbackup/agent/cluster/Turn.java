package org.clusterbackup.agent.cluster;

import org.clusterbackup.events.ArtifactReady;

/** What a source may do in a run now. */
public sealed interface Turn {
    record Go() implements Turn {}

    /** Another source of the set is at it, or about to be. */
    record Wait(String leader) implements Turn {}

    /** Nothing to do: another replica's artifact, which has yet to be checked, stands for the set. */
    record Leave(ArtifactReady instead) implements Turn {}
}
