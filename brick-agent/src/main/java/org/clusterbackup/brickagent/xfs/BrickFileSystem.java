package org.clusterbackup.brickagent.xfs;

import java.nio.file.Path;
import org.clusterbackup.brickagent.linux.FileSystemUsage;
import org.clusterbackup.brickagent.linux.XfsGeometry;

/**
 * The file system that holds a brick, as it is right now.
 *
 * @param brick the brick's folder as this process sees it
 * @param mountPoint what is dumped: a mount of the whole file system
 */
public record BrickFileSystem(
        Path brick, Path mountPoint, String device, FileSystemUsage usage, XfsGeometry geometry) {}
