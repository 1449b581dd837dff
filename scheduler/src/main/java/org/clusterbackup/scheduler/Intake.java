package org.clusterbackup.scheduler;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.Rejected;
import org.clusterbackup.events.Topic;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.scheduler.metric.Rejections;
import org.clusterbackup.scheduler.owed.Publications;
import org.clusterbackup.scheduler.run.Book;
import org.clusterbackup.service.Received;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes every record of every topic: events into the book, the rest once to its topic's rejected ones. Thread-safe. */
final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final Book book;
    private final Publications publications = new Publications();
    private final Skews skews;
    private final Set<String> rejected = new HashSet<>();
    private final List<Rejection> owed = new ArrayList<>();
    private final Map<String, Rejections> rejections = new TreeMap<>();

    Intake(Book book, Clock clock) {
        this.book = book;
        this.skews = new Skews(clock);
    }

    /** A record that did not parse and was not rejected yet. */
    record Rejection(Topic topic, ConsumerRecord<?, byte[]> record, String reason) {}

    /** The names of all topics that {@link #take} wants. */
    static List<String> topics() {
        return Topics.ALL.stream().map(Topic::name).toList();
    }

    synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        var topic = Topics.named(record.topic());
        if (topic.isEmpty()) {
            takeRejected(record);
            return;
        }
        var received = Received.of(record);
        if (OwedWork.WORKED_OFF.contains(record.topic())) {
            publications.add(
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    new Publications.Published(received.timestamp(), runOf(received)));
        }
        switch (received.decoded()) {
            case Decoded.Rejection(var reason) -> owed.add(new Rejection(topic.get(), record, reason));
            case Decoded.Event(var event) -> {
                received.request().ifPresent(book::requested);
                skews.take(event);
                try {
                    book.apply(event, received.timestamp());
                } catch (BackupException e) {
                    // It has the form of an event, so it is not rejected: somebody lied, or a key is missing here.
                    LOG.warn("event is not believed record={}: {}", received.place(), e.getMessage());
                }
            }
        }
    }

    private static Optional<String> runOf(Received received) {
        return received.decoded() instanceof Decoded.Event(ArtifactReady artifact)
                ? artifact.run()
                : received.request().map(BackupRequest::run);
    }

    private void takeRejected(ConsumerRecord<byte[], byte[]> record) {
        rejections.merge(record.topic(), new Rejections(1, Instant.ofEpochMilli(record.timestamp())), Rejections::and);
        rejected.add(header(record.headers(), Rejected.TOPIC) + "-"
                + header(record.headers(), Rejected.PARTITION) + "@"
                + header(record.headers(), Rejected.OFFSET));
    }

    private static String header(Headers headers, String name) {
        var header = headers.lastHeader(name);
        var value = header == null ? null : text(header.value());
        return value == null ? "" : value;
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** What is to be rejected now; to be asked only after everything was read that there was at the start. */
    synchronized List<Rejection> owedRejections() {
        owed.removeIf(rejection -> rejected.contains(place(rejection)));
        return List.copyOf(owed);
    }

    /** The rejection was published. */
    synchronized void rejected(Rejection rejection) {
        rejected.add(place(rejection));
    }

    /** Kafka was rebuilt: the places of its records are given anew. */
    synchronized void startOver() {
        rejected.clear();
        owed.clear();
        rejections.clear();
        publications.startOver();
    }

    /** By topic of rejected records. */
    synchronized Map<String, Rejections> rejections() {
        return Map.copyOf(rejections);
    }

    Publications publications() {
        return publications;
    }

    /** By source, how far the clock of who announces it is ahead of the one here. */
    Map<String, Duration> skews() {
        return skews.bySource();
    }

    /** From now on records come as they are published: their times tell how clocks differ. */
    void live() {
        skews.live();
    }

    private static String place(Rejection rejection) {
        var record = rejection.record();
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }
}
