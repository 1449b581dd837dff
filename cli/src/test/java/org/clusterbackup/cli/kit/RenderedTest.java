package org.clusterbackup.cli.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenderedTest {
    @Test
    void secretsAreLeftOutAndNamedAndAllElseStaysAsItIs() throws Exception {
        var map = """
                apiVersion: v1
                data:
                  text: |
                    --- not the end of a document
                    mode: 0640
                kind: ConfigMap
                metadata:
                  name: settings # as it was
                """;
        var space = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: cluster-backup\n";

        var rendered = Rendered.of("---\n" + map + """
                ---
                apiVersion: v1
                data:
                  identity: c2VjcmV0LXdvcmQ=
                  other: c2VjcmV0LXdvcmQ=
                kind: Secret
                metadata:
                  name: office-8h2k
                  namespace: cluster-backup
                type: Opaque
                --- # the next
                """ + space + "---\n# nothing\n");

        assertThat(rendered.text())
                .isEqualTo(
                        "# left out: Secret cluster-backup/office-8h2k with identity, other\n" + map + "---\n" + space);
        assertThat(rendered.leftOut()).containsExactly("Secret cluster-backup/office-8h2k with identity, other");
        assertThat(rendered.text()).doesNotContain("c2VjcmV0");
    }

    @Test
    void aNameIsNoWayIntoTheComment() throws Exception {
        var rendered =
                Rendered.of("kind: Secret\nmetadata: {name: \"a\\nkind: Pod\"}\ndata: {\"b\\nc\": x}\n---\nkind: A\n");

        assertThat(rendered.text().lines()).containsExactly("# left out: Secret a?kind??Pod with b?c", "kind: A");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing\n",
                "kind: Secret\ndata: {a: c2VjcmV0}\n",
                "words",
                "[1, 2]",
                "metadata: {name: a}\n",
                "kind: [Secret]\ndata: {a: c2VjcmV0}\n",
                "kind: List\nitems:\n- kind: Secret\n  data: {a: c2VjcmV0}\n",
                "kind: A\n--- {kind: Secret, data: {a: c2VjcmV0}}\n",
                "kind: A\n...\n---\n...\nkind: Secret\ndata: {a: c2VjcmV0}\n",
                "kind: A\nkind: Secret\ndata: {a: c2VjcmV0}\n",
                "kind: A\ndata: {a: c2VjcmV0\n",
                "kind: \"A\n",
            })
    void whatIsNotSurelyWithoutSecretsIsRefusedAndNotQuoted(String manifests) {
        assertThatThrownBy(() -> Rendered.of(manifests))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE))
                .message()
                .doesNotContain("c2VjcmV0");
    }
}
