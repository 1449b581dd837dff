package org.clusterbackup.kubernetes.api;

import java.util.List;
import org.clusterbackup.repository.SourceName;

/**
 * Which resources are wanted. Patterns are matched with {@link ResourceType#name}; {@code *} stands for any bytes.
 *
 * @param include none means all
 * @param exclude outweighs {@code include}
 */
public record ResourceFilter(List<String> include, List<String> exclude) {
    /** What changes all the time and is worth nothing afterwards. */
    public static final List<String> PASSING = List.of(
            "events", "events.events.k8s.io", "leases.coordination.k8s.io", "componentstatuses", "*.metrics.k8s.io");

    public ResourceFilter {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    public boolean takes(ResourceType type) {
        return (include.isEmpty() || matches(include, type)) && !matches(exclude, type);
    }

    /** Whether a pattern other than {@code *} asks for the resource. */
    public boolean names(ResourceType type) {
        return include.stream().filter(pattern -> !pattern.equals("*")).anyMatch(pattern -> matches(pattern, type));
    }

    private static boolean matches(List<String> patterns, ResourceType type) {
        return patterns.stream().anyMatch(pattern -> matches(pattern, type));
    }

    private static boolean matches(String pattern, ResourceType type) {
        return SourceName.matches(pattern, type.name());
    }
}
