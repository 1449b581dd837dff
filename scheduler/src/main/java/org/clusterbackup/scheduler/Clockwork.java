package org.clusterbackup.scheduler;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.scheduler.policy.Policies;
import org.clusterbackup.scheduler.policy.Policy;
import org.clusterbackup.scheduler.policy.Ticks;
import org.clusterbackup.scheduler.run.Book;
import org.clusterbackup.service.EventPublisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every second what is to be said: requests whose tick has come, recovery points that are due, rejections. */
final class Clockwork {
    private static final Logger LOG = LoggerFactory.getLogger(Clockwork.class);

    private final List<Policy> policies;
    private final SchedulerConfig.Runs settings;
    private final Book book;
    private final Intake intake;
    private final EventPublisher events;
    private final Clock clock;
    private final Instant started;

    Clockwork(
            List<Policy> policies,
            SchedulerConfig.Runs settings,
            Book book,
            Intake intake,
            EventPublisher events,
            Clock clock) {
        this.policies = List.copyOf(policies);
        this.settings = settings;
        this.book = book;
        this.intake = intake;
        this.events = events;
        this.clock = clock;
        this.started = clock.instant();
    }

    /** What cannot be published now is owed still, and said by the next tick. */
    void tick() throws InterruptedException {
        var now = clock.instant();
        book.forgetBefore(now);
        try {
            for (var policy : policies) {
                var request = Ticks.due(policy, started, now, book::knows);
                if (request.isPresent()) {
                    publish(request.get(), now);
                }
            }
            for (var due : book.due(
                    now, settings.settle(), settings.repeatDue(), request -> Policies.required(policies, request))) {
                publish(due, now);
            }
            for (var rejection : intake.owedRejections()) {
                events.reject(rejection.topic(), rejection.record(), rejection.reason());
                intake.rejected(rejection);
                LOG.warn(
                        "record rejected topic={} offset={}: {}",
                        rejection.topic(),
                        rejection.record().offset(),
                        rejection.reason());
            }
        } catch (BackupException e) {
            LOG.warn("cannot say what is due, trying again: {}", e.getMessage());
        }
    }

    private void publish(BackupEvent event, Instant now) throws BackupException, InterruptedException {
        events.publish(event);
        if (event instanceof BackupRequested requested) {
            // Known at once: the record itself comes back a moment later, perhaps after the next tick.
            book.requested(requested.resolve(0, 0, now));
        } else {
            book.apply(event, now);
        }
        LOG.info("published {} key={}", event.getClass().getSimpleName(), event.key());
    }
}
