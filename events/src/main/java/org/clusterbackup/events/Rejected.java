package org.clusterbackup.events;

/** Headers of a record on {@code <topic>-rejected}: its value and key are those of the record that did not parse. */
public final class Rejected {
    public static final String REASON = "dead-letter-reason";
    public static final String TOPIC = "dead-letter-topic";
    public static final String PARTITION = "dead-letter-partition";
    public static final String OFFSET = "dead-letter-offset";

    private Rejected() {}
}
