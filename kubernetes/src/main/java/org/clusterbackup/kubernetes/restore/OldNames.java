package org.clusterbackup.kubernetes.restore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.clusterbackup.kubernetes.api.ResourceType;

/** Finds old names in an object, and replaces them in the fields that hold nothing else. */
public final class OldNames {
    private static final String HIDDEN = "***";
    /** A copy of the whole object, which the next apply makes anew. */
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private final ResourceType type;
    private final Renaming renaming;
    private final boolean secret;
    private final List<OldName> found = new ArrayList<>();

    private OldNames(ResourceType type, Renaming renaming) {
        this.type = type;
        this.renaming = renaming;
        this.secret = type.name().equals("secrets");
    }

    /** What a restore would meet in the object, as a server gave it; status and what servers set apart. */
    public static List<OldName> in(ResourceType type, ObjectNode object, Renaming renaming) {
        var copy = object.deepCopy();
        var leftOut =
                MadeByCluster.all(type) || MadeByCluster.reason(type, copy).isPresent();
        Cleaning.clean(type, copy);
        var names = rewrite(type, copy, renaming);
        return leftOut
                ? names.stream()
                        .map(name -> new OldName(name.path(), name.before(), name.before(), OldName.Fate.LEFT_OUT))
                        .toList()
                : names;
    }

    /** Changes {@code object}, which was cleaned. */
    static List<OldName> rewrite(ResourceType type, ObjectNode object, Renaming renaming) {
        if (renaming.equals(Renaming.NONE)) {
            return List.of();
        }
        var names = new OldNames(type, renaming);
        names.members("", List.of(), object);
        return List.copyOf(names.found);
    }

    private void value(String path, List<String> place, JsonNode value, Consumer<TextNode> replace) {
        switch (value) {
            case ObjectNode object -> members(path, place, object);
            case ArrayNode array -> {
                for (var i = 0; i < array.size(); i++) {
                    var at = i;
                    value(path + "/" + i, with(place, "[]"), array.get(i), text -> array.set(at, text));
                }
            }
            case TextNode text -> text(path, place, text.textValue(), replace);
            default -> {}
        }
    }

    private void members(String path, List<String> place, ObjectNode object) {
        for (var member : List.copyOf(object.properties())) {
            var name = member.getKey();
            var below = path + "/" + name.replace("~", "~0").replace("/", "~1");
            if (name.equals(LAST_APPLIED)) {
                continue;
            }
            if (renaming.holdsOld().test(name)) {
                found.add(new OldName(below, name, name, OldName.Fate.TO_LOOK_AT));
            }
            value(below, with(place, name), member.getValue(), text -> object.set(name, text));
        }
    }

    private void text(String path, List<String> place, String text, Consumer<TextNode> replace) {
        if (!renaming.holdsOld().test(isEncoded(place) ? decoded(text) : text)) {
            return;
        }
        var after = NameFields.has(type, place) ? renaming.rewrite().apply(text) : text;
        if (!after.equals(text)) {
            replace.accept(TextNode.valueOf(after));
            found.add(new OldName(path, text, after, OldName.Fate.REWRITTEN));
        } else {
            var shown = isEncoded(place) ? HIDDEN : text;
            found.add(new OldName(path, shown, shown, OldName.Fate.TO_LOOK_AT));
        }
    }

    /** Values in base64. */
    private boolean isEncoded(List<String> place) {
        return (secret && place.getFirst().equals("data"))
                || (type.name().equals("configmaps") && place.getFirst().equals("binaryData"));
    }

    private static String decoded(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return base64;
        }
    }

    private static List<String> with(List<String> place, String segment) {
        var longer = new ArrayList<>(place);
        longer.add(segment);
        return List.copyOf(longer);
    }
}
