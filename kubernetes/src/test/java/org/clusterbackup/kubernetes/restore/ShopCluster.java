package org.clusterbackup.kubernetes.restore;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.kubernetes.testing.KubeApi;
import org.clusterbackup.repository.BackupException;

/** One of everything that a restore treats in its own way, on a real API server. */
record ShopCluster(KubeApi from, ApiServer source) {
    /** Every character, which YAML does not take all as they are. */
    static final String EVERY = IntStream.rangeClosed(0, 0xffff)
                    .filter(c -> !Character.isSurrogate((char) c))
                    .mapToObj(Character::toString)
                    .collect(Collectors.joining())
            + "😀";

    void fill() throws BackupException {
        make("/api/v1/namespaces/shop", "v1", "Namespace", "shop", "{}");
        make(
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.org",
                "apiextensions.k8s.io/v1",
                "CustomResourceDefinition",
                "widgets.example.org",
                """
                {"spec":{"group":"example.org","scope":"Namespaced","names":{"plural":"widgets","singular":"widget","kind":"Widget"},
                 "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":
                 {"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}\
                """);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> from.get(source, "/apis/example.org/v1/widgets").ok());
        make(
                "/apis/example.org/v1/namespaces/shop/widgets/w",
                "example.org/v1",
                "Widget",
                "w",
                "{\"metadata\":{\"finalizers\":[\"example.org/hold\"]},\"spec\":{\"size\":3}}");
        from.apply(
                source,
                "/apis/example.org/v1/namespaces/shop/widgets/w/status",
                "{\"apiVersion\":\"example.org/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"w\"},\"status\":{\"phase\":\"made\"}}");
        var uid = uid(from, source, "/apis/example.org/v1/namespaces/shop/widgets/w");
        var owner = "{\"apiVersion\":\"example.org/v1\",\"kind\":\"Widget\",\"name\":\"w\",\"uid\":\"" + uid + "\"}";
        var stranger = owner.replace(uid, "00000000-0000-0000-0000-000000000000");
        make(
                "/api/v1/namespaces/shop/configmaps/owned",
                "v1",
                "ConfigMap",
                "owned",
                "{\"metadata\":{\"ownerReferences\":[" + owner + "," + stranger.replace("\"w\"", "\"x\"") + "]}}");
        make(
                "/api/v1/namespaces/shop/configmaps/fixed",
                "v1",
                "ConfigMap",
                "fixed",
                "{\"immutable\":true,\"data\":{\"a\":\"1\"},\"metadata\":{\"labels\":{\"app\":\"shop\"}}}");
        make("/api/v1/namespaces/shop/secrets/db", "v1", "Secret", "db", "{\"data\":{\"password\":\"AAECAwQ=\"}}");
        make(
                "/api/v1/namespaces/shop/services/web",
                "v1",
                "Service",
                "web",
                "{\"spec\":{\"selector\":{\"app\":\"web\"},\"ports\":[{\"port\":80}]}}");
        make("/api/v1/persistentvolumes/pv0", "v1", "PersistentVolume", "pv0", """
            {"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/x"},
             "claimRef":{"namespace":"shop","name":"data","uid":"11111111-0000-0000-0000-000000000000"}}}\
            """);
        make("/api/v1/namespaces/shop/persistentvolumeclaims/data", "v1", "PersistentVolumeClaim", "data", """
            {"metadata":{"annotations":{"pv.kubernetes.io/bind-completed":"yes"}},
             "spec":{"accessModes":["ReadWriteOnce"],"volumeName":"pv0","resources":{"requests":{"storage":"1Gi"}}}}\
            """);
        make("/api/v1/namespaces/shop/endpoints/gluster", "v1", "Endpoints", "gluster", """
            {"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"ports":[{"port":1}]}]}\
            """);
        make("/apis/apps/v1/namespaces/shop/deployments/web", "apps/v1", "Deployment", "web", """
            {"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},
             "spec":{"containers":[{"name":"c","image":"x"}]}}}}\
            """);
        make("/apis/batch/v1/namespaces/shop/jobs/once", "batch/v1", "Job", "once", """
            {"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"x"}]}}}}\
            """);
        make(
                "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/r",
                "rbac.authorization.k8s.io/v1",
                "RoleBinding",
                "r",
                """
                {"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},
                 "subjects":[{"kind":"ServiceAccount","name":"sa","namespace":"shop"}]}\
                """);
        var every = Json.MAPPER.createObjectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
        every.putObject("metadata").put("name", "every");
        every.putObject("data").put("v", EVERY);
        from.create(source, "/api/v1/namespaces/shop/configmaps", every);
        // Nobody answers for it: whatever came after it would be refused.
        make(
                "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/w",
                "admissionregistration.k8s.io/v1",
                "ValidatingWebhookConfiguration",
                "w",
                """
                {"webhooks":[{"name":"w.example.org","admissionReviewVersions":["v1"],"sideEffects":"None","failurePolicy":"Fail","timeoutSeconds":1,
                 "clientConfig":{"service":{"name":"nobody","namespace":"shop"}},
                 "rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["secrets"]}]}]}\
                """);
    }

    /** @param rest of the object, as JSON */
    private void make(String path, String version, String kind, String name, String rest) throws BackupException {
        try {
            var object = (ObjectNode) Json.MAPPER.readTree(rest);
            object.put("apiVersion", version).put("kind", kind);
            object.withObject("/metadata").put("name", name);
            from.apply(source, path, object.toString());
        } catch (IOException e) {
            throw new IllegalArgumentException(rest, e);
        }
    }

    private static String uid(KubeApi kube, ApiServer client, String path) throws BackupException {
        return object(kube, client, path).path("metadata").path("uid").asText();
    }

    static JsonNode object(KubeApi kube, ApiServer client, String path) throws BackupException {
        try {
            return kube.get(client, path).json();
        } catch (IOException e) {
            throw new IllegalStateException(path, e);
        }
    }
}
