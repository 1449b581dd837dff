package org.clusterbackup.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.clusterbackup.events.Topics;
import org.clusterbackup.scheduler.run.Book;
import org.junit.jupiter.api.Test;

class IntakeTest {
    private final Intake intake = new Intake(new Book(List.of("a"), Events.BELIEVED), Clock.systemUTC());

    private void takeBad() {
        intake.take(new ConsumerRecord<>(
                Topics.BACKUP_REQUESTED.name(), 0, 0, new byte[0], "no event".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void recordInThePlaceOfARejectedOneIsRejectedTooWhenKafkaWasRebuilt() {
        takeBad();
        intake.rejected(intake.owedRejections().getFirst());
        takeBad();
        assertThat(intake.owedRejections()).as("read again").isEmpty();

        intake.startOver();
        takeBad();

        assertThat(intake.owedRejections()).hasSize(1);
    }
}
