package org.clusterbackup.repository;

import java.util.regex.Pattern;

/** The name of an off-site repository, as its ledger and its shipper carry it: 1 to 60 of {@code [a-z0-9._-]}. */
public record TargetName(String value) implements Comparable<TargetName> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9._-]{1,60}");

    /** @throws IllegalArgumentException unless {@code value} has the form */
    public TargetName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a target's name: " + value);
        }
    }

    public static boolean isValid(String value) {
        return FORM.matcher(value).matches() && !value.equals(".") && !value.equals("..");
    }

    /** The subject of its ledger's signatures. */
    public String ledgerSubject() {
        return "ledger/" + value;
    }

    /** The subject of drill reports of this target. */
    public String drillSubject() {
        return "drill/" + value;
    }

    @Override
    public int compareTo(TargetName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
