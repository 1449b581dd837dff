package org.clusterbackup.kubernetes.restore;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Labels that an object must have, as {@code kubectl --selector} spells them. */
public final class LabelSelector {
    public static final LabelSelector ALL = new LabelSelector(List.of());

    private static final Pattern IN = Pattern.compile("(\\S+)\\s+(in|notin)\\s*\\(([^()]*)\\)");
    private static final Pattern EQUAL = Pattern.compile("([^\\s!=]+)\\s*(==|=|!=)\\s*([^\\s!=]*)");
    private static final Pattern EXISTS = Pattern.compile("(!?)\\s*([^\\s!=()]+)");

    private final List<Predicate<JsonNode>> requirements;

    private LabelSelector(List<Predicate<JsonNode>> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /** @throws BackupException {@code USAGE} naming the part that is not understood */
    public static LabelSelector parse(String text) throws BackupException {
        var requirements = new ArrayList<Predicate<JsonNode>>();
        for (var part : text.split(",(?![^(]*\\))", -1)) {
            requirements.add(requirement(part.strip()));
        }
        return new LabelSelector(requirements);
    }

    private static Predicate<JsonNode> requirement(String text) throws BackupException {
        var in = IN.matcher(text);
        if (in.matches()) {
            var values = Set.of(in.group(3).strip().split("\\s*,\\s*", -1));
            var key = in.group(1);
            return in.group(2).equals("in")
                    ? labels ->
                            labels.has(key) && values.contains(labels.path(key).asText())
                    : labels -> !labels.has(key)
                            || !values.contains(labels.path(key).asText());
        }
        var equal = EQUAL.matcher(text);
        if (equal.matches()) {
            var key = equal.group(1);
            var value = equal.group(3);
            return equal.group(2).equals("!=")
                    ? labels -> !labels.has(key) || !labels.path(key).asText().equals(value)
                    : labels -> labels.has(key) && labels.path(key).asText().equals(value);
        }
        var exists = EXISTS.matcher(text);
        if (exists.matches()) {
            var wanted = exists.group(1).isEmpty();
            return labels -> labels.has(exists.group(2)) == wanted;
        }
        throw new BackupException(Kind.USAGE, "no label selector: " + text)
                .withHint("such as app=shop, tier!=test, 'env in (a,b)', !old");
    }

    /** @param object a whole one */
    public boolean matches(JsonNode object) {
        var labels = object.path("metadata").path("labels");
        return requirements.stream().allMatch(requirement -> requirement.test(labels));
    }
}
