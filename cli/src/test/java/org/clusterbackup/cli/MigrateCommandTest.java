package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clusterbackup.gluster.testing.CapturedState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrateCommandTest {
    private final Path machine;
    private final Path glusterd;
    private final Path mapping;

    MigrateCommandTest(@TempDir Path folder) throws IOException {
        machine = folder.resolve("machine");
        glusterd = CapturedState.copy(CapturedState.TWO_BRICKS, machine.resolve("var/lib/glusterd"));
        Files.delete(glusterd.resolve("hooks/1/start/post/S50-tell"));
        mapping = folder.resolve("new-names.yaml");
        Files.writeString(mapping, "hosts: {node1: alpha, node2: beta, node3: gamma}\n");
    }

    private Invocation migrate(String... more) {
        var command =
                new ArrayList<>(List.of("migrate", "--mapping", mapping.toString(), "--root", machine.toString()));
        command.addAll(Arrays.asList(more));
        return Invocation.of(command.toArray(String[]::new));
    }

    private JsonNode json(String... more) throws IOException {
        var command = new ArrayList<>(List.of("--output", "json"));
        command.addAll(Arrays.asList(more));
        return new JsonMapper().readTree(migrate(command.toArray(String[]::new)).out());
    }

    @Test
    void dryRunShowsEachLineAndChangesNothing() throws IOException {
        var info = Files.readString(glusterd.resolve("vols/gv0/info"));

        var run = migrate("--dry-run");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.text().lines())
                .contains(
                        "vols/gv0/info:32: brick-0=node1:-media-brick0-brick → brick-0=alpha:-media-brick0-brick",
                        "vols/gv0/cksum → deleted",
                        "vols/gv0/bricks/node1:-media-brick0-brick → vols/gv0/bricks/alpha:-media-brick0-brick",
                        "no old name is left in what glusterd acts on; looked for: node1, node2, node3");
        assertThat(Files.readString(glusterd.resolve("vols/gv0/info"))).isEqualTo(info);
        assertThat(glusterd.resolveSibling("glusterd.before-migration")).doesNotExist();
    }

    @Test
    void secondRunHasNothingToDo() {
        var first = migrate();
        var second = migrate();

        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.text()).contains("changed in ").contains("what it was is kept in ");
        assertThat(first.err()).contains("before glusterd starts: glusterd --xlator-option '*.upgrade=on' -N");
        assertThat(second.code()).isZero();
        assertThat(second.text()).contains("nothing to do: ").contains("was migrated by this mapping");
    }

    @Test
    void jsonHasEachChange() throws IOException {
        var document = json();

        assertThat(document.path("changes"))
                .extracting(JsonNode::toString)
                .contains(
                        "{\"file\":\"peers/06d28a5e-0cc6-45cf-8549-f1c806f15363\",\"line\":3,"
                                + "\"before\":\"hostname1=node3\",\"after\":\"hostname1=gamma\"}",
                        "{\"file\":\"vols/gv0/cksum\",\"deleted\":true}",
                        "{\"file\":\"vols/gv0/bricks/node2:-media-brick0-brick\","
                                + "\"renamed\":\"vols/gv0/bricks/beta:-media-brick0-brick\"}");
        assertThat(document.path("before").textValue()).endsWith("glusterd.before-migration");
        assertThat(document.path("leftovers")).isEmpty();
        assertThat(json().path("changes")).isEmpty();
    }

    @Test
    void oldNameThatIsLeftIsSaidAndDecidesTheExitCode() throws IOException {
        // Given a file that is not known to name servers
        Files.writeString(glusterd.resolve("options"), "global-option-version=0\nx.server=node1\n");

        // When
        var dry = migrate("--dry-run");
        var run = migrate();

        // Then
        assertThat(dry.code()).isEqualTo(3);
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).contains("warning: an old name is left: options:2: node1");
    }

    @Test
    void oldNameInWhatGlusterdActsOnIsAFailure() throws IOException {
        // Given an option that nobody knows to name servers
        var info = glusterd.resolve("vols/gv0/info");
        Files.writeString(info, Files.readString(info).replace("brick-0=", "new.option=http://node1/x\nbrick-0="));

        // When
        var run = migrate();

        // Then
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("an old name is left: vols/gv0/info:32: node1");
    }

    @Test
    void namesThatDoNotOccurAreNothingToDo() throws IOException {
        Files.writeString(mapping, "hosts: {elsewhere: x}\n");

        var run = migrate();

        assertThat(run.code()).isZero();
        assertThat(run.text()).contains("has none of the old names");
        assertThat(glusterd.resolve("vols/gv0/cksum")).exists();
    }

    @Test
    void hostileStateIsRefusedAndStays() throws IOException {
        Files.writeString(glusterd.resolve("vols/dist/info"), "count=2");

        var run = migrate();

        assertThat(run.code()).isEqualTo(18);
        assertThat(run.err()).contains("vols/dist/info");
        assertThat(glusterd.resolve("vols/gv0/cksum")).exists();
    }

    @Test
    void missingStateIsSaid(@TempDir Path empty) {
        var run = migrate("--glusterd", empty.resolve("none").toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("has no glusterd.info").contains("hint: restore it first");
    }

    @Test
    void linkOutOfARestoredTreeIsNotFollowed(@TempDir Path elsewhere) throws IOException {
        // Given a tree of a machine that had its state on another disk
        var live = Files.move(glusterd, elsewhere.resolve("glusterd"));
        Files.createSymbolicLink(glusterd, live);

        // When
        var run = migrate();

        // Then
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("is a link out of " + machine);
        assertThat(live.resolve("vols/gv0/cksum")).exists();
    }

    @Test
    void mappingIsRequired() {
        assertThat(Invocation.of("migrate", "--dry-run").code()).isEqualTo(2);
    }

    @Test
    void mappingThatIsWrongIsAUsageError() throws IOException {
        Files.writeString(mapping, "hosts:\n  a b: c\n");

        var run = migrate();

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("new-names.yaml:2: 'a b' is no host name");
    }
}
