package org.clusterbackup.events;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** CloudEvents 1.0 in Kafka's binary mode: the value is the JSON data, the attributes are headers. */
public final class CloudEvent {
    public static final String SPEC_VERSION = "ce_specversion";
    public static final String ID = "ce_id";
    public static final String SOURCE = "ce_source";
    public static final String TYPE = "ce_type";
    public static final String TIME = "ce_time";
    public static final String SUBJECT = "ce_subject";
    public static final String CONTENT_TYPE = "content-type";
    public static final String JSON = "application/json";

    private static final String STRUCTURED = "application/cloudevents";

    private CloudEvent() {}

    /** {@code org.clusterbackup.artifact-ready.v1} of topic {@code artifact-ready}. */
    public static String type(Topic topic) {
        return "org.clusterbackup." + topic.name() + ".v1";
    }

    /**
     * The headers of a record.
     *
     * @param id unique for {@code source}; the same for a record that is sent again
     * @param source who says it, as a URI reference: {@code /brick-agent/node-a}
     */
    public static Map<String, String> headers(BackupEvent event, String id, String source, Instant time) {
        var headers = new LinkedHashMap<String, String>();
        headers.put(SPEC_VERSION, "1.0");
        headers.put(ID, id);
        headers.put(SOURCE, source);
        headers.put(TYPE, type(Topics.of(event)));
        headers.put(TIME, time.toString());
        if (!event.key().isEmpty()) {
            headers.put(SUBJECT, event.key());
        }
        headers.put(CONTENT_TYPE, JSON);
        return headers;
    }

    /** Why a record with these headers cannot be one of {@code topic}; a record without any is plain JSON, and fine. */
    public static Optional<String> objection(Topic topic, Map<String, String> headers) {
        var contentType = headers.getOrDefault(CONTENT_TYPE, JSON);
        if (contentType.startsWith(STRUCTURED)) {
            return Optional.of("CloudEvents in structured mode are not read: send binary mode or plain JSON");
        }
        var version = headers.getOrDefault(SPEC_VERSION, "1.0");
        if (!version.startsWith("1.")) {
            return Optional.of("CloudEvents version is not 1.x");
        }
        var type = headers.getOrDefault(TYPE, type(topic));
        return type.equals(type(topic)) ? Optional.empty() : Optional.of("CloudEvents type is not " + type(topic));
    }
}
