package org.clusterbackup.kubernetes.dump;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.kubernetes.api.ResourceFilter;

/** What a dump has and what it lacks: kept while it goes on, then the archive's index and the manifest's details. */
final class DumpSummary {
    private static final int FORMAT = 1;

    private final String server;
    private final String cluster;
    private final ResourceFilter filter;
    private final ArrayNode resources = Json.MAPPER.createArrayNode();
    private final Map<String, String> omitted = new TreeMap<>();
    private long objects;
    private long firstRevision = Long.MAX_VALUE;
    private long lastRevision;

    /** @param cluster the uid of namespace kube-system, by which a cluster is known */
    DumpSummary(String server, String cluster, ResourceFilter filter) {
        this.server = server;
        this.cluster = cluster;
        this.filter = filter;
    }

    /** @param core whether its resourceVersion is a revision of the cluster's own store */
    void add(ListedResource listed, boolean core) {
        var type = listed.type();
        resources
                .addObject()
                .put("group", type.group())
                .put("version", type.version())
                .put("resource", type.resource())
                .put("kind", type.kind())
                .put("namespaced", type.namespaced())
                .put("objects", listed.objects())
                .put("resourceVersion", listed.resourceVersion());
        objects += listed.objects();
        if (core && listed.resourceVersion().matches("[0-9]{1,18}")) {
            var revision = Long.parseLong(listed.resourceVersion());
            firstRevision = Math.min(firstRevision, revision);
            lastRevision = Math.max(lastRevision, revision);
        }
    }

    void omit(String name, String reason) {
        omitted.put(name, reason);
    }

    List<String> warnings() {
        var warnings = new ArrayList<String>();
        omitted.forEach((name, reason) -> warnings.add("not in this backup: " + name + ": " + reason));
        return warnings;
    }

    ObjectNode index() {
        var index = Json.MAPPER.createObjectNode();
        index.put("format", FORMAT).put("serverVersion", server).put("clusterUid", cluster);
        index.put("objects", objects);
        index.set("resources", resources);
        var without = index.putArray("omitted");
        omitted.forEach((name, reason) -> without.addObject().put("name", name).put("reason", reason));
        filter.include().forEach(index.putArray("include")::add);
        filter.exclude().forEach(index.putArray("exclude")::add);
        return index;
    }

    /** As {@code docs/format.md} has it. */
    ObjectNode details() {
        var details = Json.MAPPER.createObjectNode();
        details.put("serverVersion", server).put("clusterUid", cluster);
        details.put("resources", resources.size()).put("objects", objects);
        if (lastRevision > 0) {
            details.put("firstRevision", firstRevision).put("lastRevision", lastRevision);
        }
        omitted.keySet().forEach(details.putArray("omitted")::add);
        return details;
    }
}
