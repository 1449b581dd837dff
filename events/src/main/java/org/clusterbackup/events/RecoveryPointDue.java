package org.clusterbackup.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Nothing more is to be waited for: the shipper enters the run's recovery point in the target's ledger, with whatever
 * of {@code sources} is there. Repeated until it is reached.
 *
 * @param sources names of all that were expected, shipped or not
 * @param required those of them that a policy lets be older than the run, but not begun before a time
 */
public record RecoveryPointDue(
        @Form(Text.RUN) String run,
        @Form(Text.POLICY) Optional<String> policy,
        @Form(Text.TARGET) String target,
        @Form(Text.SOURCE) List<String> sources,
        List<RequiredSource> required,
        Instant requested,
        Instant deadline)
        implements BackupEvent {

    public RecoveryPointDue {
        sources = List.copyOf(sources);
        required = List.copyOf(required);
    }

    @Override
    public String key() {
        return run;
    }
}
