package org.clusterbackup.brickagent.cluster;

/** How many bricks of a replica set are backed up in a run. */
public enum Replicas {
    /** Every one; the later ones cost next to nothing. */
    ALL,
    /** One whole replica, unless the set has pending heals: then no replica is surely whole, and all are. */
    ONE
}
