package org.clusterbackup.gluster;

import java.nio.file.Path;

/**
 * One brick as glusterd knows it.
 *
 * @param index its place in the volume's order, from 0: what {@code gluster volume info} counts from 1
 * @param server UUID of the server that holds it
 * @param path on that server; {@code host} and {@code path} are spelt as the volume spells them
 * @param realPath where {@code path} led there, through symbolic links, when the brick was made
 */
public record Brick(int index, String server, String host, Path path, Path realPath) {}
