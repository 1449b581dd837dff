package org.clusterbackup.scheduler.metric;

import java.util.List;
import org.clusterbackup.scheduler.owed.Verdict;
import org.clusterbackup.scheduler.page.Status;

/** What consumer groups owe; lag and members under the names of Kafka's exporters. */
public final class GroupFamilies {
    private static final String GROUP = "consumergroup";
    private static final String TOPIC = "topic";

    private GroupFamilies() {}

    public static List<Family> of(List<Status.Owed> groups) {
        var lag = new Family("kafka_consumergroup_lag", "records after the offsets that the group committed");
        var members = new Family("kafka_consumergroup_members", "members of the consumer group");
        var oldest = new Family(
                "clusterbackup_owed_oldest_timestamp_seconds", "when the oldest record was published that is owed");
        var deadline = new Family(
                "clusterbackup_owed_deadline_timestamp_seconds", "the first deadline of the runs that are owed");
        var verdict = new Family(
                "clusterbackup_group_verdict",
                "1 for what becomes of the group's work: idle, working, stuck or nobody-there");
        for (var group : groups) {
            lag.add(group.records(), GROUP, group.group(), TOPIC, group.topic());
            group.oldest().ifPresent(at -> oldest.add(at, GROUP, group.group(), TOPIC, group.topic()));
            group.deadline().ifPresent(at -> deadline.add(at, GROUP, group.group(), TOPIC, group.topic()));
            for (var one : Verdict.values()) {
                verdict.add(
                        one.text().equals(group.verdict()),
                        GROUP,
                        group.group(),
                        TOPIC,
                        group.topic(),
                        "verdict",
                        one.text());
            }
        }
        groups.stream()
                .map(group -> new Members(group.group(), group.members()))
                .distinct()
                .forEach(group -> members.add(group.count(), GROUP, group.group()));
        return List.of(lag, members, oldest, deadline, verdict);
    }

    private record Members(String group, int count) {}
}
