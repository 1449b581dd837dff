package org.clusterbackup.repository.crypto;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a repository's packs and contents are sealed; every manifest repeats it. */
public enum Encryption {
    AGE,
    NONE;

    /** As {@code repository.json} and manifests spell it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Encryption> parse(String text) {
        return Stream.of(values()).filter(e -> e.text().equals(text)).findFirst();
    }
}
