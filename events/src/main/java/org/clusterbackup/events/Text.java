package org.clusterbackup.events;

import java.util.regex.Pattern;

/** The forms that texts in events may have; JSON Schemas and the codec both follow this list. */
public enum Text {
    /** As {@code docs/format.md} defines run ids: lower case, so a schedule writes its tick as {@code 20261122t030000z}. */
    RUN("(?!\\.{1,2}$)[a-z0-9._-]{1,120}", 120),
    /** As {@code docs/format.md} defines source names. */
    SOURCE(
            "(?!(repository|ledger|drill)(/|$))(?!(.*/)?\\.{1,2}(/|$))"
                    + "([a-z0-9._-]|%[0-9A-F]{2})+(/([a-z0-9._-]|%[0-9A-F]{2})+){0,7}",
            512),
    /** A source name in which {@code *} stands for any bytes. */
    SOURCE_PATTERN("[a-z0-9A-F._%*/-]{1,512}", 512),
    ARTIFACT("[0-9]{8}T[0-9]{9}Z-[0-9a-f]{8}", 28),
    SHA256("[0-9a-f]{64}", 64),
    TARGET("(?!\\.{1,2}$)[a-z0-9._-]{1,60}", 60),
    POLICY("(?!\\.{1,2}$)[a-z0-9._-]{1,80}", 80),
    /** A lower-case word of a vocabulary that may grow: a stage, a kind of source, a kind of failure. */
    WORD("[a-z][a-z0-9-]{0,59}", 60),
    /** A name that somebody else gave: a node, a volume, a replica set. */
    NAME("[^\\u0000-\\u001f\\u007f]{1,255}", 255),
    /** A ledger entry by number and digest. */
    HEAD("[0-9]{1,10}-[0-9a-f]{64}", 75),
    /** For people. */
    MESSAGE("(.|\\n)*", 4_000),
    /** A file's text, whole. */
    DOCUMENT("(.|\\n)*", 3 << 20);

    private final String pattern;
    private final Pattern compiled;
    private final int maxLength;

    Text(String pattern, int maxLength) {
        this.pattern = pattern;
        this.compiled = Pattern.compile(pattern);
        this.maxLength = maxLength;
    }

    /** Whether a value of this form may hold anything, so that only its length is limited. */
    public boolean free() {
        return this == MESSAGE || this == DOCUMENT;
    }

    /** A regular expression, valid in Java and in JSON Schema, for the whole value. */
    public String pattern() {
        return pattern;
    }

    public int maxLength() {
        return maxLength;
    }

    /** The length is looked at first: a regular expression over hostile megabytes would exhaust the stack. */
    public boolean allows(String value) {
        return value.length() <= maxLength && (free() || compiled.matcher(value).matches());
    }

    /** {@code message} cut to what {@link #MESSAGE} allows. */
    public static String clip(String message) {
        return message.length() <= MESSAGE.maxLength ? message : message.substring(0, MESSAGE.maxLength - 1) + "…";
    }
}
