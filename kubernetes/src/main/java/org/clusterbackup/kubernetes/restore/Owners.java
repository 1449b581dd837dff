package org.clusterbackup.kubernetes.restore;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Links objects to owners that have another uid now. */
final class Owners {
    private final Set<String> expected = new HashSet<>();
    private final Map<String, String> uids = new HashMap<>();

    /** An owner with this old uid is to come back. */
    void expect(String uid) {
        expected.add(uid);
    }

    void restored(String uid, String now) {
        expected.remove(uid);
        uids.put(uid, now);
    }

    /** It does not come back. */
    void failed(String uid) {
        expected.remove(uid);
    }

    /**
     * Gives {@code object} its owners' new uids.
     *
     * @param dropped is given owners that did not come back, whose references are removed
     * @return the owner that must come back first; then nothing was changed
     */
    Optional<String> link(ObjectNode object, List<String> dropped) {
        if (!(object.path("metadata").path("ownerReferences") instanceof ArrayNode references)) {
            return Optional.empty();
        }
        for (var reference : references) {
            if (expected.contains(reference.path("uid").asText())) {
                return Optional.of(name((ObjectNode) reference));
            }
        }
        var kept = new ArrayList<ObjectNode>();
        for (var reference : references) {
            var owner = (ObjectNode) reference;
            var now = uids.get(owner.path("uid").asText());
            if (now == null) {
                dropped.add(name(owner));
            } else {
                kept.add(owner.put("uid", now));
            }
        }
        references.removeAll();
        references.addAll(kept);
        return Optional.empty();
    }

    private static String name(ObjectNode owner) {
        return owner.path("kind").asText() + " " + owner.path("name").asText();
    }
}
