package org.clusterbackup.kubernetes.dump;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.Discovery;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** The group versions that the API server itself brings, other than those of custom resources and of aggregated servers. */
record Core(Set<String> groupVersions) {
    private static final String PATH = "/apis/apiregistration.k8s.io/v1/apiservices";
    private static final String MANAGED = "kube-aggregator.kubernetes.io/automanaged";

    /** Of the API server's own; those of custom resources have {@code true}. */
    private static final String OWN = "onstart";

    static Core read(ApiServer server, Duration patience) throws BackupException {
        var own = new HashSet<String>();
        for (var service : services(server, patience).path("items")) {
            if (service.path("metadata").path("labels").path(MANAGED).asText().equals(OWN)) {
                var spec = service.path("spec");
                var group = spec.path("group").asText();
                own.add((group.isEmpty() ? "" : group + "/")
                        + spec.path("version").asText());
            }
        }
        return new Core(Set.copyOf(own));
    }

    private static JsonNode services(ApiServer server, Duration patience) throws BackupException {
        try {
            return Discovery.required(server, PATH, patience);
        } catch (BackupException e) {
            throw e.kind() == Kind.NOT_PERMITTED
                    ? e.withHint(
                            "grant list on apiservices.apiregistration.k8s.io: it says which resources must be there")
                    : e;
        }
    }

    boolean has(ResourceType type) {
        return groupVersions.contains(type.apiVersion());
    }
}
