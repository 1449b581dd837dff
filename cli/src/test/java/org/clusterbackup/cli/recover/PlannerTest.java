package org.clusterbackup.cli.recover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.gluster.migrate.BrickPath;
import org.clusterbackup.gluster.migrate.NewNames;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static Planner planner(Situations situations) {
        return new Planner(situations.make(), Set.of(), Situations.BEGUN);
    }

    private static List<String> ids(Plan plan) {
        return plan.steps().stream().map(Step::id).toList();
    }

    private static String commands(Plan plan, String id) {
        return String.join(
                "\n",
                plan.steps().stream()
                        .filter(step -> step.id().equals(id))
                        .findFirst()
                        .orElseThrow()
                        .commands());
    }

    @Test
    void everythingComesBackServerByServerAndThenTheVolume() throws BackupException {
        var plan = planner(Situations.whole()).full();

        assertThat(ids(plan))
                .containsExactly(
                        "verify",
                        "stop-node-a",
                        "brick-node-a-gv0-0",
                        "brick-node-a-gv0-3",
                        "state-node-a",
                        "restored-node-a",
                        "start-node-a",
                        "stop-node-b",
                        "brick-node-b-gv0-1",
                        "brick-node-b-gv0-4",
                        "state-node-b",
                        "restored-node-b",
                        "start-node-b",
                        "stop-node-c",
                        "brick-node-c-gv0-2",
                        "brick-node-c-gv0-5",
                        "state-node-c",
                        "restored-node-c",
                        "start-node-c",
                        "peers",
                        "volume-gv0",
                        "heal-gv0",
                        "backups");
        assertThat(plan.remarks()).isEmpty();
    }

    @Test
    void allBricksOfASetComeFromOneStream() throws BackupException {
        var plan = planner(Situations.whole()).full();

        for (var id : List.of("brick-node-a-gv0-0", "brick-node-b-gv0-1", "brick-node-c-gv0-2")) {
            assertThat(commands(plan, id)).contains(" brick/gv0/0/node-a@");
        }
        for (var id : List.of("brick-node-a-gv0-3", "brick-node-b-gv0-4", "brick-node-c-gv0-5")) {
            assertThat(commands(plan, id)).contains(" brick/gv0/3/node-a@");
        }
    }

    @Test
    void aBrickThatNobodyDumpedComesBackFromItsPartner() throws BackupException {
        var plan = planner(Situations.whole().without("brick/gv0/2/node-c").without("host/node-c"))
                .full();

        assertThat(commands(plan, "brick-node-c-gv0-2"))
                .contains("brick/gv0/0/node-a@")
                .contains("--to /media/brick0");
        assertThat(ids(plan)).doesNotContain("state-node-c");
        assertThat(plan.remarks()).anyMatch(remark -> remark.contains("brick/gv0/2/node-c"));
        assertThat(plan.remarks()).anyMatch(remark -> remark.contains("no state of glusterd of node-c"));
    }

    @Test
    void aDeviceIsAskedForOrGiven() throws BackupException {
        assertThat(commands(planner(Situations.whole()).full(), "brick-node-a-gv0-0"))
                .contains("mkfs.xfs -q -f \"${DEVICE_node_a_media_brick0:?");
        assertThat(commands(
                        planner(Situations.whole().devices(Map.of("node-a:/media/brick0", "/dev/my disk")))
                                .full(),
                        "brick-node-a-gv0-0"))
                .contains("mkfs.xfs -q -f '/dev/my disk'");
    }

    @Test
    void besideLivePartnersNothingOldIsRestored() throws BackupException {
        var plan = planner(Situations.whole()).node("node-b", false);

        assertThat(ids(plan))
                .containsExactly(
                        "stop-node-b",
                        "format-node-b-gv0-1",
                        "format-node-b-gv0-4",
                        "state-node-b",
                        "start-node-b",
                        "peers",
                        "reset-node-b-gv0-1",
                        "commit-node-b-gv0-1",
                        "reset-node-b-gv0-4",
                        "commit-node-b-gv0-4",
                        "volume-gv0",
                        "heal-gv0");
        assertThat(plan.steps())
                .noneMatch(step -> String.join("\n", step.commands()).contains("restore brick"));
    }

    @Test
    void onlyGlustersStateComesBackInPlace() throws BackupException {
        assertThat(commands(planner(Situations.whole()).full(), "state-node-a"))
                .contains("--in-place etc/glusterfs var/lib/glusterd -r");

        // A path above it, which an agent was told to keep, and none at all
        assertThat(commands(planner(Situations.whole().paths("/var/lib")).full(), "state-node-a"))
                .contains("--in-place var/lib/glusterd var/lib/xfsdump -r");
        assertThat(ids(planner(Situations.whole().paths("/etc/kubernetes")).full()))
                .doesNotContain("state-node-a");
    }

    @Test
    void aServerWhoseDisksAreWholeGetsItsStateOnly() throws BackupException {
        var plan = planner(Situations.whole()).node("node-b", true);

        assertThat(plan.steps()).noneMatch(step -> step.formats().isPresent());
        assertThat(ids(plan)).startsWith("stop-node-b", "state-node-b", "start-node-b");
    }

    @Test
    void aBrickWithoutReplicasComesBackFromItsOwnDump() throws BackupException {
        var situations = new Situations()
                .brick(0, 0, details -> details.put("replicaCount", 1).put("volumeType", "Distribute"))
                .brick(1, 0, details -> details.put("replicaCount", 1).put("volumeType", "Distribute"));

        var plan = planner(situations).brick("brick/gv0/1/node-b");

        assertThat(ids(plan)).contains("brick-node-b-gv0-1").doesNotContain("heal-gv0");
        assertThat(commands(plan, "brick-node-b-gv0-1")).contains("brick/gv0/1/node-b@");
    }

    @Test
    void anArbiterIsFilledByItsPartners() throws BackupException {
        var situations = new Situations();
        for (var index = 0; index < 6; index++) {
            situations.brick(index, index == 2 ? 9 : 0, details -> details.put("arbiterCount", 1));
        }

        var plan = planner(situations).full();

        assertThat(ids(plan))
                .contains("format-node-c-gv0-2", "brick-node-b-gv0-1")
                .doesNotContain("brick-node-c-gv0-2");
        assertThat(ids(plan))
                .containsSubsequence(
                        "start-node-c", "peers", "reset-node-c-gv0-2", "commit-node-c-gv0-2", "volume-gv0");
        assertThat(commands(plan, "brick-node-b-gv0-1")).contains("brick/gv0/0/node-a@");
    }

    @Test
    void whatNoRuleIsKnownForIsRefusedByName() {
        for (var situations : List.of(
                new Situations().brick(0, 0, details -> details.put("disperseCount", 3)),
                new Situations().brick(0, 0, details -> details.put("volumeType", "Stripe")))) {
            assertThatThrownBy(() -> planner(situations).full())
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TARGET_UNFIT))
                    .hasMessageContaining("volume gv0");
        }
    }

    @Test
    void unknownNamesAreNamedWithThoseThatAreThere() {
        assertThatThrownBy(() -> planner(Situations.whole()).node("node-z", false))
                .hasMessageContaining("node-z");
        assertThatThrownBy(() -> planner(Situations.whole()).brick("brick/gv0/9/node-a"))
                .hasMessageContaining("brick/gv0/9/node-a");
    }

    @Test
    void objectsThatComeBackWithTheirEtcdAreOnlyCompared() throws BackupException {
        var etcd = JsonLayout.object();
        etcd.putObject("kubernetes").put("clusterUid", "u");
        var situations = new Situations()
                .add("etcd/main", ArtifactKind.ETCD, Optional.empty(), etcd)
                .add(
                        "kubernetes/main",
                        ArtifactKind.KUBERNETES,
                        Optional.empty(),
                        JsonLayout.object().put("clusterUid", "u"));

        var plan = planner(situations).full();

        assertThat(commands(plan, "etcd-main")).contains("--bump-revision");
        assertThat(commands(plan, "kubernetes-main")).contains("--dry-run");
        assertThat(commands(planner(situations).kubernetes(), "kubernetes-main"))
                .doesNotContain("--dry-run");
    }

    @Test
    void aNameOfAnotherMachineIsNoCommandOfThisOne() throws BackupException {
        var situations = new Situations().brick(0, 0, details -> {
            details.remove("bricks");
            details.put("mountPoint", "/media/$(reboot)'; reboot; '");
            details.put("brickPath", "/media/$(reboot)'; reboot; '/brick");
        });

        var plan = planner(situations).full();

        assertThat(commands(plan, "brick-node-a-gv0-0")).contains("'/media/$(reboot)'\\''; reboot; '\\'''");
    }

    @Test
    void aManifestSpeaksOfItsOwnSourceOnly() throws BackupException {
        // Given a stolen node, which signs for its own bricks and says that they are others'
        for (var lie : List.<Situations.Details>of(
                details -> details.put("volume", "other"),
                details -> details.put("brickIndex", 0),
                details -> details.put("brickPath", "/media/brick0/../../etc"),
                details -> details.put("mountPoint", "/media/brick0/brick/deeper"),
                details -> details.put("serverUuid", ""),
                details -> details.put("mountPoint", "/media\n```"))) {
            var plan = planner(Situations.whole().without("brick/gv0/1/node-b").brick(1, 999, lie))
                    .full();

            assertThat(commands(plan, "brick-node-b-gv0-1")).contains("brick/gv0/0/node-a@");
            assertThat(plan.remarks())
                    .anyMatch(remark -> remark.startsWith("brick/gv0/1/node-b") && remark.endsWith("left out"));
        }
    }

    @Test
    void aFileSystemOfTwoBricksIsFormattedForNone() {
        var situations = new Situations();
        for (var index : List.of(0, 3)) {
            situations.brick(index, 0, details -> {
                details.remove("bricks");
                details.put("mountPoint", "/media").put("brickPath", "/media/" + index);
            });
        }

        assertThatThrownBy(() -> planner(situations).full()).hasMessageContaining("share /media");
    }

    @Test
    void aPlanIsReadAsItWasWritten() throws BackupException {
        var plan = planner(Situations.whole()).full();

        assertThat(Plan.parse("plan", JsonLayout.write(plan.toJson()))).isEqualTo(plan);
    }

    @Test
    void theRunbookHasEveryStep() throws BackupException {
        var plan = planner(Situations.whole()).full();

        var text = new Markdown(plan, Situations.BEGUN.plusSeconds(7200), new Line(100 << 20), bytes -> bytes + " B")
                .text();

        assertThat(text)
                .contains("Recovery: everything is gone", Situations.RUN, "2 h 0 min ago", "| host/node-c |")
                .contains("### 1. operator: prove the target", "### 23. operator: set up the backups again")
                .contains("**Formats** $DEVICE_node_a_media_brick0", "About 10 s.");
    }

    @Test
    void underOtherNamesEachServerGetsTheBricksAndTheRenamedStateOfWhatItWas() throws BackupException {
        var plan = planner(Situations.whole()).migrate(Situations.elsewhere());

        assertThat(ids(plan).subList(0, 7))
                .containsExactly(
                        "verify",
                        "stop-new-a",
                        "brick-new-a-gv0-0",
                        "brick-new-a-gv0-3",
                        "state-new-a",
                        "restored-new-a",
                        "start-new-a");
        assertThat(commands(plan, "brick-new-b-gv0-1"))
                .contains("brick/gv0/0/node-a@", "--to /data/0", "mkfs.xfs -q -f \"${DEVICE_new_b_data_0:?");
        assertThat(commands(plan, "brick-new-b-gv0-4")).contains("--to /media/brick1");
        assertThat(commands(plan, "state-new-b"))
                .contains("restore host-state host/node-b@", "<<'END_'\nEND\nhosts: …\nEND_\n", "migrate --regenerate")
                .endsWith("cp -a \"$old/was/var/lib/glusterd/.\" /var/lib/glusterd/");
    }

    @Test
    void aMappingThatMixesServersUpIsRefused() {
        var planner = planner(Situations.whole());
        for (var hosts : List.of(
                Map.of("node-a", "one", "node-b", "one"), Map.of("node-a", "node-b", "node-c.example", "other"))) {
            assertThatThrownBy(() -> planner.migrate(new NewServers(new NewNames(hosts, List.of()), "names", "")))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE));
        }
    }

    @Test
    void aBrickThatWouldLieBesideItsMountIsRefused() {
        var names = new NewNames(Map.of(), List.of(new BrickPath(Optional.empty(), "/media/brick0/brick", "/data/0")));

        assertThatThrownBy(() -> planner(Situations.whole()).migrate(new NewServers(names, "names", "")))
                .hasMessageContaining("would lie at /data/0, its mount at /media/brick0");
    }
}
