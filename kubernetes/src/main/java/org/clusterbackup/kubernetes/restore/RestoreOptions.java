package org.clusterbackup.kubernetes.restore;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.clusterbackup.kubernetes.api.ResourceFilter;

/**
 * What comes back and how.
 *
 * @param namespaces with them, their objects, and the volumes that they claim; none means everything
 * @param renamed old namespaces' new names
 * @param names old names of servers, addresses and brick paths, which are rewritten where a field holds nothing else
 * @param keepStatus patterns of resources whose status comes back, too
 * @param force take over fields that somebody else set
 * @param dryRun the server judges everything and changes nothing
 * @param patience how long it is waited for what objects need, since the last one came back
 */
public record RestoreOptions(
        ResourceFilter filter,
        Set<String> namespaces,
        LabelSelector selector,
        Map<String, String> renamed,
        Renaming names,
        List<String> keepStatus,
        boolean force,
        boolean dryRun,
        Duration patience) {
    public RestoreOptions {
        namespaces = Set.copyOf(namespaces);
        renamed = Map.copyOf(renamed);
        keepStatus = List.copyOf(keepStatus);
    }

    public static RestoreOptions all() {
        return new RestoreOptions(
                new ResourceFilter(List.of(), List.of()),
                Set.of(),
                LabelSelector.ALL,
                Map.of(),
                Renaming.NONE,
                List.of(),
                false,
                false,
                Duration.ofMinutes(1));
    }
}
