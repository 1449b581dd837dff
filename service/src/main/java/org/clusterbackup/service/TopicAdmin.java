package org.clusterbackup.service;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.clusterbackup.events.Topic;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Topics and offsets as the brokers know them. Every call gives up after 30 seconds with {@code UNREACHABLE}. */
public final class TopicAdmin implements AutoCloseable {
    private static final long SECONDS = 30;

    private final Admin admin;

    public TopicAdmin(KafkaSettings kafka) {
        this.admin = Admin.create(kafka.admin());
    }

    /** Creates what is missing of {@link Topics#ALL}; a topic that is there keeps its settings. */
    public List<Topic> createMissing(int replicas) throws BackupException, InterruptedException {
        var present = await("list topics", admin.listTopics().names());
        var missing = Topics.ALL.stream()
                .filter(topic -> !present.contains(topic.name()))
                .toList();
        var results = admin.createTopics(missing.stream()
                        .map(topic -> new NewTopic(
                                        topic.name(), Optional.of(topic.partitions()), Optional.of((short) replicas))
                                .configs(topic.settings()))
                        .toList())
                .values();
        for (var created : results.entrySet()) {
            try {
                await("create topic " + created.getKey(), created.getValue());
            } catch (BackupException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
        return missing;
    }

    /** The offset after the last record, for each partition; a topic that is not there has none. */
    public Map<TopicPartition, Long> ends(Collection<String> topics) throws BackupException, InterruptedException {
        return offsets(topics, OffsetSpec.latest());
    }

    /** The offset of the oldest record that is still there, for each partition. */
    public Map<TopicPartition, Long> beginnings(Collection<String> topics)
            throws BackupException, InterruptedException {
        return offsets(topics, OffsetSpec.earliest());
    }

    private Map<TopicPartition, Long> offsets(Collection<String> topics, OffsetSpec which)
            throws BackupException, InterruptedException {
        var present = new HashSet<>(await("list topics", admin.listTopics().names()));
        present.retainAll(Set.copyOf(topics));
        var partitions = new HashMap<TopicPartition, OffsetSpec>();
        await("describe topics", admin.describeTopics(present).allTopicNames())
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(info -> partitions.put(new TopicPartition(topic, info.partition()), which)));
        return await("list offsets", admin.listOffsets(partitions).all()).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
    }

    /** What the group has committed; partitions without a commit are absent. */
    public Map<TopicPartition, Long> committed(String group) throws BackupException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> offsets = await(
                "list offsets of group " + group,
                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        var committed = new HashMap<TopicPartition, Long>();
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                committed.put(partition, offset.offset());
            }
        });
        return committed;
    }

    /** The names of all consumer groups. */
    public Set<String> groups() throws BackupException, InterruptedException {
        return await("list groups", admin.listGroups().all()).stream()
                .map(group -> group.groupId())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The members of a group now, and the partitions that they hold. */
    public record Members(int count, Set<TopicPartition> partitions) {}

    public Members members(String group) throws BackupException, InterruptedException {
        var described = await(
                "describe group " + group,
                admin.describeConsumerGroups(List.of(group)).all());
        var members =
                described.values().stream().flatMap(g -> g.members().stream()).toList();
        return new Members(
                members.size(),
                members.stream()
                        .flatMap(member -> member.assignment().topicPartitions().stream())
                        .collect(Collectors.toUnmodifiableSet()));
    }

    private static <T> T await(String what, KafkaFuture<T> future) throws BackupException, InterruptedException {
        try {
            return future.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new BackupException(Kind.UNREACHABLE, "Kafka refused to " + what, e.getCause());
        } catch (TimeoutException e) {
            throw new BackupException(Kind.UNREACHABLE, "Kafka did not answer: " + what, e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
