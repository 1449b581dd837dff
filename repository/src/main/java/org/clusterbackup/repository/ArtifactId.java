package org.clusterbackup.repository;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** {@code YYYYMMDDTHHMMSSmmmZ-<8 hex>}: lexical order is order in time, and two writers never choose the same. */
public record ArtifactId(String value) implements Comparable<ArtifactId> {
    private static final Pattern FORM = Pattern.compile("[0-9]{8}T[0-9]{9}Z-[0-9a-f]{8}");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    /** @throws IllegalArgumentException unless {@code value} has the form */
    public ArtifactId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not an artifact id: " + value);
        }
    }

    public static boolean isValid(String value) {
        return FORM.matcher(value).matches();
    }

    public static ArtifactId at(Instant time, RandomGenerator random) {
        return new ArtifactId(TIME.format(time) + "-" + String.format("%08x", random.nextInt()));
    }

    /** When the artifact was begun, to the millisecond, by its writer's clock. */
    public Instant time() {
        return TIME.parse(value.substring(0, value.indexOf('-')), Instant::from);
    }

    @Override
    public int compareTo(ArtifactId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
