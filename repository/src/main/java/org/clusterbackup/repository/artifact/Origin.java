package org.clusterbackup.repository.artifact;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * What a writer is told about the stream when it is committed.
 *
 * @param details as {@code docs/format.md} lists them for the kind
 */
public record Origin(ArtifactKind kind, Optional<String> node, Tool tool, List<String> warnings, ObjectNode details) {
    public Origin {
        warnings = List.copyOf(warnings);
        details = details.deepCopy();
    }
}
