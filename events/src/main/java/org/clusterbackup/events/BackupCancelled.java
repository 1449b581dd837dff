package org.clusterbackup.events;

import java.util.List;

/**
 * A run is not wanted any more.
 *
 * @param sources patterns; none is every source of the run
 */
public record BackupCancelled(
        @Form(Text.RUN) String run,
        @Form(Text.SOURCE_PATTERN) List<String> sources) implements BackupEvent {

    public BackupCancelled {
        sources = List.copyOf(sources);
    }

    @Override
    public String key() {
        return run;
    }

    public boolean cancels(String source) {
        return SourcePattern.wanted(sources, source);
    }
}
