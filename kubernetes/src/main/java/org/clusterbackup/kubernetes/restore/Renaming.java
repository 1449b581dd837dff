package org.clusterbackup.kubernetes.restore;

import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * How servers, addresses and brick paths are called now.
 *
 * @param rewrite a text with its old names replaced
 * @param holdsOld whether there is an old name in a text: wherever {@code rewrite} replaces one, and where it cannot
 */
public record Renaming(UnaryOperator<String> rewrite, Predicate<String> holdsOld) {
    public static final Renaming NONE = new Renaming(UnaryOperator.identity(), text -> false);
}
