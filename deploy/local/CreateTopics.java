import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.clusterbackup.events.Topics;

/** Creates what is missing of the topics that the events module declares: {@code CreateTopics BOOTSTRAP REPLICAS}. */
class CreateTopics {
    public static void main(String[] arguments) throws Exception {
        try (var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) arguments[0]))) {
            var present = admin.listTopics().names().get();
            List<NewTopic> missing = Topics.ALL.stream()
                    .filter(topic -> !present.contains(topic.name()))
                    .map(topic -> new NewTopic(
                                    topic.name(), Optional.of(topic.partitions()), Optional.of(Short.valueOf(arguments[1])))
                            .configs(topic.settings()))
                    .toList();
            admin.createTopics(missing).all().get();
            missing.forEach(topic -> System.out.println(topic.name()));
        }
    }
}
