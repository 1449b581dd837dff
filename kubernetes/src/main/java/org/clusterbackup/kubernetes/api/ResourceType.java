package org.clusterbackup.kubernetes.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/**
 * A resource at one version.
 *
 * @param group empty for the core group
 * @param resource the plural that paths have, such as {@code deployments}
 */
public record ResourceType(String group, String version, String resource, String kind, boolean namespaced)
        implements Comparable<ResourceType> {
    private static final Comparator<ResourceType> ORDER = Comparator.comparing(ResourceType::group)
            .thenComparing(ResourceType::resource)
            .thenComparing(ResourceType::version);

    /** As {@code kubectl} spells it and patterns match it: {@code pods}, {@code deployments.apps}. */
    public String name() {
        return group.isEmpty() ? resource : resource + "." + group;
    }

    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The path of all its objects. */
    public String path() {
        return groupPath(apiVersion()) + "/" + resource;
    }

    /** @param namespace empty for an object of the cluster */
    public String path(String namespace, String name) {
        return groupPath(apiVersion())
                + (namespace.isEmpty() ? "" : "/namespaces/" + escape(namespace))
                + "/" + resource + "/" + escape(name);
    }

    static String groupPath(String apiVersion) {
        return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
    }

    private static String escape(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public int compareTo(ResourceType other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return name();
    }
}
