package org.clusterbackup.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Nothing more is to be waited for: the shipper enters the run's recovery point in the target's ledger, with whatever
 * of {@code sources} is there. Repeated until it is reached.
 *
 * @param sources names of all that were expected, shipped or not
 */
public record RecoveryPointDue(
        @Form(Text.RUN) String run,
        @Form(Text.POLICY) Optional<String> policy,
        @Form(Text.TARGET) String target,
        @Form(Text.SOURCE) List<String> sources,
        Instant requested,
        Instant deadline)
        implements BackupEvent {

    public RecoveryPointDue {
        sources = List.copyOf(sources);
    }

    @Override
    public String key() {
        return run;
    }
}
