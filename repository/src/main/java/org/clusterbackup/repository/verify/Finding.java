package org.clusterbackup.repository.verify;

import java.util.Optional;
import org.clusterbackup.repository.Kind;

/**
 * Something that {@link Verifier} has to say about one object.
 *
 * @param kind what is wrong; empty for what is said and no error: unreferenced packs, what a kill left
 * @param object the object's name in the repository
 * @param message whole by itself
 */
public record Finding(Optional<Kind> kind, String object, String message) {
    static Finding error(Kind kind, String object, String message) {
        return new Finding(Optional.of(kind), object, message);
    }

    static Finding note(String object, String message) {
        return new Finding(Optional.empty(), object, message);
    }
}
