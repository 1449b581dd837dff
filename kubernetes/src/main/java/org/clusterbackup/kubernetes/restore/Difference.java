package org.clusterbackup.kubernetes.restore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.clusterbackup.kubernetes.api.ResourceType;

/**
 * One value in which two objects differ.
 *
 * @param path such as {@code /spec/replicas}, a JSON pointer
 * @param before and {@code after}: JSON, empty where there is none; a Secret's are {@code ***}
 */
public record Difference(String path, String before, String after) {
    private static final String SECRET = "***";

    /** All that differs but what servers set; status counts. */
    public static List<Difference> between(ResourceType type, ObjectNode before, ObjectNode after) {
        var one = before.deepCopy();
        var other = after.deepCopy();
        Cleaning.common(one);
        Cleaning.common(other);
        var found = new ArrayList<Difference>();
        compare("", one, other, type.name().equals("secrets"), found);
        return found;
    }

    private static void compare(String path, JsonNode before, JsonNode after, boolean secret, List<Difference> found) {
        if (before.equals(after)) {
            return;
        }
        if (before.isObject() && after.isObject()) {
            var names = new TreeSet<String>();
            before.fieldNames().forEachRemaining(names::add);
            after.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(
                    path + "/" + name.replace("~", "~0").replace("/", "~1"),
                    before.path(name),
                    after.path(name),
                    secret,
                    found));
        } else if (before.isArray() && after.isArray() && before.size() == after.size()) {
            for (var i = 0; i < before.size(); i++) {
                compare(path + "/" + i, before.get(i), after.get(i), secret, found);
            }
        } else {
            found.add(new Difference(path, text(path, before, secret), text(path, after, secret)));
        }
    }

    private static String text(String path, JsonNode value, boolean secret) {
        if (value.isMissingNode()) {
            return "";
        }
        // The annotation of kubectl apply repeats the whole object.
        var hidden = secret && (path.isEmpty() || !path.startsWith("/metadata/labels"));
        return hidden ? SECRET : value.toString();
    }

    @Override
    public String toString() {
        if (before.isEmpty()) {
            return "+ " + path + ": " + after;
        }
        return after.isEmpty() ? "- " + path + ": " + before : "~ " + path + ": " + before + " -> " + after;
    }
}
