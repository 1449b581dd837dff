package org.clusterbackup.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * What an API server serves.
 *
 * @param listable every resource that can be listed, each at the version its group prefers among those that have it, in order
 * @param served every resource and version that is served
 * @param silent group versions that did not say what they serve, such as {@code metrics.k8s.io/v1beta1}, and why
 * @param document all of it as the server said it
 */
public record Discovery(
        List<ResourceType> listable, List<ResourceType> served, Map<String, String> silent, ObjectNode document) {
    public Discovery {
        listable = List.copyOf(listable);
        served = List.copyOf(served);
        silent = Map.copyOf(silent);
        document = document.deepCopy();
    }

    /**
     * @param patience as {@link ApiServer#get}; a group version that says nothing is asked for this long, too
     * @throws BackupException {@code UNREACHABLE}, {@code NOT_PERMITTED} or {@code SOURCE_INCOMPLETE} if the core group or the
     *     list of groups cannot be read
     */
    public static Discovery read(ApiServer server, Duration patience) throws BackupException {
        var document = Json.MAPPER.createObjectNode();
        var reader = new Reader(server, patience, document.putObject("resources"));
        reader.group(List.of("v1"));
        if (reader.silent.containsKey("v1")) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, server.url() + "/api/v1: " + reader.silent.get("v1"));
        }
        var groups = required(server, "/apis", patience);
        document.set("groups", groups.path("groups"));
        for (var group : groups.path("groups")) {
            reader.group(versions(group));
        }
        return new Discovery(
                reader.preferred.values().stream().sorted().toList(),
                reader.served.stream().sorted().toList(),
                reader.silent,
                document);
    }

    /** The preferred version first, the others as the server orders them. */
    private static List<String> versions(JsonNode group) {
        var versions = new ArrayList<String>();
        versions.add(group.path("preferredVersion").path("groupVersion").asText());
        for (var version : group.path("versions")) {
            var name = version.path("groupVersion").asText();
            if (!versions.contains(name)) {
                versions.add(name);
            }
        }
        return versions;
    }

    /** @throws BackupException if the answer is no JSON document with status 200 */
    public static JsonNode required(ApiServer server, String path, Duration patience) throws BackupException {
        var answer = server.getSmall(path, patience);
        if (!answer.ok()) {
            throw new BackupException(
                    answer.forbidden() ? Kind.NOT_PERMITTED : Kind.SOURCE_INCOMPLETE,
                    server.url() + path + ": " + answer.message());
        }
        try {
            return answer.json();
        } catch (IOException e) {
            throw new BackupException(
                    Kind.SOURCE_INCOMPLETE, server.url() + path + " is no JSON: " + e.getMessage(), e);
        }
    }

    private static final class Reader {
        private final ApiServer server;
        private final Duration patience;
        private final ObjectNode documents;
        private final Map<String, ResourceType> preferred = new LinkedHashMap<>();
        private final Collection<ResourceType> served = new ArrayList<>();
        private final Map<String, String> silent = new TreeMap<>();

        Reader(ApiServer server, Duration patience, ObjectNode documents) {
            this.server = server;
            this.patience = patience;
            this.documents = documents;
        }

        /** @param versions the first one that has a resource wins */
        void group(List<String> versions) throws BackupException {
            for (var version : versions) {
                try {
                    var document = required(server, ResourceType.groupPath(version), patience);
                    documents.set(version, document.path("resources"));
                    document.path("resources").forEach(resource -> add(version, resource));
                } catch (BackupException e) {
                    if (e.kind() == Kind.FAILED) {
                        throw e;
                    }
                    silent.put(version, String.valueOf(e.getMessage()));
                }
            }
        }

        private void add(String version, JsonNode resource) {
            var name = resource.path("name").asText();
            if (name.contains("/")) {
                return;
            }
            var slash = version.indexOf('/');
            var type = new ResourceType(
                    slash < 0 ? "" : version.substring(0, slash),
                    version.substring(slash + 1),
                    name,
                    resource.path("kind").asText(),
                    resource.path("namespaced").asBoolean());
            served.add(type);
            for (var verb : resource.path("verbs")) {
                if (verb.asText().equals("list")) {
                    preferred.putIfAbsent(type.name(), type);
                }
            }
        }
    }
}
