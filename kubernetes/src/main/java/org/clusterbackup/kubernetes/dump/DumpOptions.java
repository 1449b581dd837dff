package org.clusterbackup.kubernetes.dump;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.clusterbackup.kubernetes.api.ResourceFilter;

/**
 * How a cluster is dumped.
 *
 * @param patience how long a request for a resource of the API server itself is repeated while there is no answer
 * @param folder for the list at hand, which is as large as the largest resource
 */
public record DumpOptions(ResourceFilter filter, Duration patience, Path folder) {
    public static DumpOptions defaults(Path folder) {
        return new DumpOptions(new ResourceFilter(List.of(), ResourceFilter.PASSING), Duration.ofMinutes(1), folder);
    }
}
