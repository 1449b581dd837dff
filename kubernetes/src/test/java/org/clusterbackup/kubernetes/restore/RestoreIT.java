package org.clusterbackup.kubernetes.restore;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.ResourceFilter;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.kubernetes.dump.ClusterDump;
import org.clusterbackup.kubernetes.dump.DumpOptions;
import org.clusterbackup.kubernetes.testing.KubeApi;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** From one real API server to another; the tests go on with what the ones before them made. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RestoreIT {
    private static final String FILE = "from.tar";

    private final Path folder;
    private final KubeApi from;
    private final KubeApi to;
    private final ApiServer source;
    private final ApiServer target;

    RestoreIT(@TempDir Path folder) throws Exception {
        this.folder = folder;
        from = KubeApi.start(folder.resolve("from"));
        to = KubeApi.start(folder.resolve("to"));
        source = from.client();
        target = to.client();
        new ShopCluster(from, source).fill();
        dump();
    }

    @AfterAll
    void goDown() {
        source.close();
        target.close();
        from.close();
        to.close();
    }

    private void dump() throws BackupException, IOException {
        try (var dump = ClusterDump.start(source, DumpOptions.defaults(folder.resolve("scratch")))) {
            Files.copy(dump.stream(), folder.resolve(FILE));
            dump.requireComplete();
        }
    }

    private static String address(JsonNode service) {
        return service.path("spec").path("clusterIP").textValue();
    }

    private JsonNode restored(String path) throws BackupException {
        return ShopCluster.object(to, target, path);
    }

    private Told restore(RestoreOptions options) throws BackupException {
        var told = new Told();
        try (var archive = ObjectArchive.open(folder.resolve(FILE))) {
            new Restore(archive, target, options, told).run();
        }
        return told;
    }

    private static RestoreOptions options(
            Set<String> namespaces,
            LabelSelector selector,
            Map<String, String> renamed,
            boolean force,
            boolean dryRun) {
        return new RestoreOptions(
                new ResourceFilter(List.of(), List.of()),
                namespaces,
                selector,
                renamed,
                Renaming.NONE,
                List.of("widgets.example.org"),
                force,
                dryRun,
                renamed.isEmpty() ? Duration.ofSeconds(20) : Duration.ofSeconds(2));
    }

    private static RestoreOptions all() {
        return options(Set.of(), LabelSelector.ALL, Map.of(), false, false);
    }

    @Test
    @Order(1)
    void aDryRunSaysWhatWouldBeMadeAndMakesNothing() throws Exception {
        var told = restore(options(Set.of(), LabelSelector.ALL, Map.of(), false, true));

        assertThat(told.outcomes)
                .containsEntry("namespaces/shop", Outcome.CREATED)
                .containsEntry("widgets.example.org/w in shop", Outcome.CREATED)
                .containsEntry("secrets/db in shop", Outcome.CREATED);
        assertThat(told.failures()).isEmpty();
        assertThat(to.get(target, "/api/v1/namespaces/shop").code()).isEqualTo(404);
    }

    @Test
    @Order(2)
    void everythingComesBack() throws Exception {
        var told = restore(all());

        assertThat(told.failures()).isEmpty();
        var widget = restored("/apis/example.org/v1/namespaces/shop/widgets/w");
        assertThat(widget.path("spec").path("size").asInt()).isEqualTo(3);
        assertThat(widget.path("status").path("phase").asText()).isEqualTo("made");
        assertThat(widget.path("metadata").path("finalizers").path(0).asText()).isEqualTo("example.org/hold");
        var owners = restored("/api/v1/namespaces/shop/configmaps/owned")
                .path("metadata")
                .path("ownerReferences");
        assertThat(owners).hasSize(1);
        assertThat(owners.get(0).path("uid").asText())
                .isEqualTo(widget.path("metadata").path("uid").asText());
        assertThat(told.warnings).singleElement().asString().contains("Widget x");
        assertThat(restored("/api/v1/namespaces/shop/secrets/db")
                        .path("data")
                        .path("password")
                        .asText())
                .isEqualTo("AAECAwQ=");
        assertThat(restored("/api/v1/namespaces/shop/configmaps/fixed")
                        .path("immutable")
                        .asBoolean())
                .isTrue();
        assertThat(restored("/api/v1/namespaces/shop/configmaps/every")
                        .at("/data/v")
                        .asText())
                .isEqualTo(ShopCluster.EVERY);
        var claim = restored("/api/v1/persistentvolumes/pv0").path("spec").path("claimRef");
        assertThat(claim.path("name").asText()).isEqualTo("data");
        assertThat(claim.has("uid")).isFalse();
        assertThat(restored("/api/v1/namespaces/shop/persistentvolumeclaims/data")
                        .path("metadata")
                        .has("annotations"))
                .isFalse();
        assertThat(address(restored("/api/v1/namespaces/shop/services/web")))
                .isEqualTo(address(ShopCluster.object(from, source, "/api/v1/namespaces/shop/services/web")));
        assertThat(restored("/apis/apps/v1/namespaces/shop/deployments/web")
                        .path("spec")
                        .path("replicas")
                        .asInt())
                .isEqualTo(2);
        assertThat(restored("/apis/batch/v1/namespaces/shop/jobs/once")
                        .path("kind")
                        .asText())
                .isEqualTo("Job");
        assertThat(to.get(target, "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/w")
                        .ok())
                .isTrue();
    }

    @Test
    @Order(3)
    void theSecondTimeNothingChanges() throws Exception {
        var told = restore(all());

        assertThat(told.differences.entrySet())
                .filteredOn(entry -> !entry.getValue().isEmpty())
                .isEmpty();
        assertThat(told.failures()).isEmpty();
        assertThat(told.outcomes.values()).containsOnly(Outcome.UNCHANGED, Outcome.LEFT_OUT);
    }

    @Test
    @Order(4)
    void whatSomebodyElseSetIsAConflictUnlessForcedAndSecretsAreNotShown() throws Exception {
        to.apply(
                target,
                "/api/v1/namespaces/shop/secrets/db",
                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"db\"},\"data\":{\"password\":\"b3RoZXI=\"}}");
        var only = Set.of("shop");

        var told = restore(options(only, LabelSelector.ALL, Map.of(), false, false));
        var forced = restore(options(only, LabelSelector.ALL, Map.of(), true, false));

        assertThat(told.outcomes).containsEntry("secrets/db in shop", Outcome.CONFLICTING);
        assertThat(told.outcomes)
                .containsKey("persistentvolumes/pv0")
                .doesNotContainKeys(
                        "namespaces/default", "customresourcedefinitions.apiextensions.k8s.io/widgets.example.org");
        assertThat(told.reasons.get("secrets/db in shop")).contains(".data.password");
        assertThat(forced.outcomes).containsEntry("secrets/db in shop", Outcome.CHANGED);
        assertThat(forced.differences.get("secrets/db in shop"))
                .containsExactly(new Difference("/data/password", "***", "***"));
    }

    @Test
    @Order(5)
    void aNamespaceComesBackUnderAnotherName() throws Exception {
        var told = restore(options(
                Set.of("shop"), LabelSelector.parse("app in (shop, web)"), Map.of("shop", "copy"), false, false));
        assertThat(told.outcomes).containsOnlyKeys("configmaps/fixed in shop");
        assertThat(told.reasons.get("configmaps/fixed in shop")).contains("namespaces \"copy\" not found");

        // The dead webhook judges new secrets now: they are refused, all else comes back.
        var whole = restore(options(Set.of("shop"), LabelSelector.ALL, Map.of("shop", "copy"), false, false));
        assertThat(whole.failures()).containsOnlyKeys("secrets/db in shop", "persistentvolumes/pv0");
        assertThat(restored("/api/v1/persistentvolumes/pv0")
                        .path("spec")
                        .path("claimRef")
                        .path("namespace")
                        .asText())
                .isEqualTo("shop");
        assertThat(whole.reasons.get("secrets/db in shop")).contains("failed calling webhook");
        assertThat(restored("/apis/rbac.authorization.k8s.io/v1/namespaces/copy/rolebindings/r")
                        .path("subjects")
                        .path(0)
                        .path("namespace")
                        .asText())
                .isEqualTo("copy");
        assertThat(restored("/api/v1/namespaces/copy/configmaps/fixed")
                        .path("data")
                        .path("a")
                        .asText())
                .isEqualTo("1");
    }

    @Test
    @Order(6)
    void oldNamesAreRewrittenWhereAFieldHoldsNothingElse() throws Exception {
        // Given a server that has another address now
        var names = new Renaming(text -> text.replace("10.0.0.1", "10.1.0.1"), text -> text.contains("10.0.0.1"));

        // When
        var told = restore(new RestoreOptions(
                new ResourceFilter(List.of("endpoints"), List.of()),
                Set.of("shop"),
                LabelSelector.ALL,
                Map.of(),
                names,
                List.of(),
                false,
                false,
                Duration.ofSeconds(2)));

        // Then
        assertThat(told.failures()).isEmpty();
        assertThat(told.oldNames)
                .containsExactly("endpoints/gluster in shop /subsets/0/addresses/0/ip: 10.0.0.1 → 10.1.0.1");
        assertThat(restored("/api/v1/namespaces/shop/endpoints/gluster").at("/subsets/0/addresses"))
                .extracting(address -> address.path("ip").textValue())
                .containsExactly("10.1.0.1", "10.0.0.2");
    }
}
