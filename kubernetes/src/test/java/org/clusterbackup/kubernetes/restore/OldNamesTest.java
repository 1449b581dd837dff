package org.clusterbackup.kubernetes.restore;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.junit.jupiter.api.Test;

class OldNamesTest {
    private static final Renaming RENAMING = new Renaming(
            text -> text.replace("node1", "alpha")
                    .replace("10.0.0.1", "10.1.0.1")
                    .replace("/media/b", "/data/b"),
            text -> text.contains("node1") || text.contains("10.0.0.1") || text.contains("/media/b"));

    private static ResourceType type(String group, String resource) {
        return new ResourceType(group, "v1", resource, "Any", true);
    }

    private static ObjectNode object(String yaml) throws IOException {
        return (ObjectNode) Json.MAPPER.readTree(yaml.replace('\'', '"'));
    }

    private static List<String> found(ResourceType type, String object) throws IOException {
        return OldNames.in(type, object(object), RENAMING).stream()
                .map(name -> name.fate().text() + " " + name)
                .toList();
    }

    @Test
    void addressesOfGlustersEndpointsAreRewritten() throws IOException {
        var endpoints = object("""
                {'metadata': {'name': 'glusterfs'},
                 'subsets': [{'addresses': [{'ip': '10.0.0.1', 'nodeName': 'node1'}, {'ip': '10.0.0.9'}],
                              'ports': [{'port': 1}]}]}""");

        var names = OldNames.rewrite(type("", "endpoints"), endpoints, RENAMING);

        assertThat(names)
                .extracting(OldName::toString)
                .containsExactly(
                        "/subsets/0/addresses/0/ip: 10.0.0.1 → 10.1.0.1",
                        "/subsets/0/addresses/0/nodeName: node1 → alpha");
        assertThat(endpoints.at("/subsets/0/addresses/0/ip").textValue()).isEqualTo("10.1.0.1");
        assertThat(endpoints.at("/subsets/0/addresses/1/ip").textValue()).isEqualTo("10.0.0.9");
    }

    @Test
    void volumesKnowNodesServersAndPaths() throws IOException {
        assertThat(found(type("", "persistentvolumes"), """
                {'metadata': {'name': 'pv'},
                 'spec': {'nfs': {'server': 'node1', 'path': '/media/b'}, 'local': {'path': '/media/b/x'},
                          'nodeAffinity': {'required': {'nodeSelectorTerms': [{'matchExpressions': [
                              {'key': 'kubernetes.io/hostname', 'operator': 'In', 'values': ['node2', 'node1']}]}]}}}}"""))
                .containsExactly(
                        "rewritten /spec/nfs/server: node1 → alpha",
                        "to-look-at /spec/nfs/path: /media/b",
                        "rewritten /spec/local/path: /media/b/x → /data/b/x",
                        "rewritten /spec/nodeAffinity/required/nodeSelectorTerms/0/matchExpressions/0/values/1:"
                                + " node1 → alpha");
    }

    @Test
    void podsAndTheirTemplatesKnowNodes() throws IOException {
        var pod = "{'nodeSelector': {'kubernetes.io/hostname': 'node1'}, 'containers': [{'args': ['node1']}],"
                + " 'affinity': {'nodeAffinity': {'preferredDuringSchedulingIgnoredDuringExecution': [{'preference':"
                + " {'matchExpressions': [{'values': ['node1']}]}}]}}}";

        assertThat(found(type("", "pods"), "{'metadata': {}, 'spec': " + pod + "}"))
                .contains(
                        "rewritten /spec/nodeSelector/kubernetes.io~1hostname: node1 → alpha",
                        "to-look-at /spec/containers/0/args/0: node1");
        assertThat(found(
                        type("batch", "cronjobs"),
                        "{'metadata': {}, 'spec': {'jobTemplate': {'spec': {'template': {'spec': " + pod + "}}}}}"))
                .filteredOn(name -> name.startsWith("rewritten /spec/jobTemplate/spec/template/spec/"))
                .hasSize(2);
    }

    @Test
    void parametersOfStorageClassesAreRewritten() throws IOException {
        assertThat(found(
                        type("storage.k8s.io", "storageclasses"),
                        "{'metadata': {}, 'parameters': {'resturl': 'http://node1:8080'}}"))
                .containsExactly("rewritten /parameters/resturl: http://node1:8080 → http://alpha:8080");
    }

    @Test
    void otherFieldsAreForAPerson() throws IOException {
        assertThat(found(
                        type("", "configmaps"),
                        "{'metadata': {'labels': {'on': 'node1'}}, 'data': {'node1.conf': 'x'}}"))
                .containsExactly("to-look-at /metadata/labels/on: node1", "to-look-at /data/node1.conf: node1.conf");
    }

    @Test
    void whatASecretHoldsIsFoundAndNotShown() throws IOException {
        // "http://node1" in base64
        assertThat(found(
                        type("", "secrets"), "{'metadata': {}, 'data': {'url': 'aHR0cDovL25vZGUx', 'bad': '%%node1'}}"))
                .containsExactly("to-look-at /data/url: ***", "to-look-at /data/bad: ***");
    }

    @Test
    void whatServersSetAndWhatIsNotRestoredIsToldApart() throws IOException {
        assertThat(found(
                        type("", "pods"),
                        "{'metadata': {}, 'spec': {'nodeName': 'node1'}, 'status': {'hostIP': '10.0.0.1'}}"))
                .isEmpty();
        assertThat(found(type("", "nodes"), "{'metadata': {'name': 'node1'}}"))
                .containsExactly("left-out /metadata/name: node1");
        assertThat(found(type("", "services"), """
                {'metadata': {'annotations': {'kubectl.kubernetes.io/last-applied-configuration': 'node1'}}}""")).isEmpty();
    }

    @Test
    void longValuesAreShownInOneLine() {
        var name = new OldName("/data/x", "a\nb" + "c".repeat(200), "", OldName.Fate.TO_LOOK_AT);

        assertThat(name.toString())
                .startsWith("/data/x: a bccc")
                .endsWith("c...")
                .hasSize("/data/x: ".length() + 83);
    }
}
