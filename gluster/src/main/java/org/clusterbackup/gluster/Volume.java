package org.clusterbackup.gluster;

import java.util.List;
import java.util.UUID;

/**
 * One volume: its bricks in order, and how they belong together.
 *
 * @param type glusterd's number: 0 distribute, 2 replicate, 4 disperse, each also distributed over several sets
 * @param replicas copies that a replica set holds, arbiter included; 1 if the volume has none
 * @param arbiters how many of a set's last bricks hold names and attributes but no data
 * @param dispersed bricks that share one file's fragments; 0 if the volume is not dispersed
 */
public record Volume(
        String name,
        UUID id,
        int type,
        boolean started,
        int replicas,
        int arbiters,
        int dispersed,
        List<Brick> bricks) {
    public Volume {
        bricks = List.copyOf(bricks);
    }

    /** As {@code gluster volume info} spells it. */
    public String typeName() {
        var base =
                switch (type) {
                    case 0 -> "Distribute";
                    case 1 -> "Stripe";
                    case 2 -> "Replicate";
                    case 3 -> "Striped-Replicate";
                    case 4 -> "Disperse";
                    default -> "type " + type;
                };
        return type != 0 && bricks.size() > setSize() ? "Distributed-" + base : base;
    }

    /** Bricks in one set: replicas, or the fragments of a dispersed file, or 1. */
    public int setSize() {
        return Math.max(1, dispersed > 0 ? dispersed : replicas);
    }

    /** The number, from 0, of the set that {@code brick} belongs to. */
    public int setOf(Brick brick) {
        return brick.index() / setSize();
    }

    /** Whether the bricks of one set hold the same files, so that one of them stands for all. */
    public boolean isReplicated() {
        return replicas > 1 && dispersed == 0;
    }

    /** Whether {@code brick} holds names only: it can never stand for its set. */
    public boolean isArbiter(Brick brick) {
        return isReplicated() && brick.index() % setSize() >= setSize() - arbiters;
    }
}
