package org.clusterbackup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.clusterbackup.service.Outstanding.Verdict.CANCELLED;
import static org.clusterbackup.service.Outstanding.Verdict.EXPIRED;
import static org.clusterbackup.service.Outstanding.Verdict.RUN;
import static org.clusterbackup.service.Outstanding.Verdict.SUPERSEDED;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.BackupRequest;
import org.junit.jupiter.api.Test;

class OutstandingTest {
    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
    private static final String SOURCE = "etcd/main";

    private static BackupRequest request(String run, int hoursLeft, String... sources) {
        return new BackupRequest(
                run, Optional.empty(), List.of(sources), NOW.minusSeconds(60), NOW.plusSeconds(3600L * hoursLeft));
    }

    private static Map<String, Outstanding.Verdict> judge(List<BackupRequest> requests, BackupCancelled... cancelled) {
        return Outstanding.judge(requests, List.of(cancelled), SOURCE, NOW).stream()
                .collect(Collectors.toMap(judged -> judged.request().run(), Outstanding::verdict));
    }

    @Test
    void newestRunsAndOlderOnesAreSuperseded() {
        assertThat(judge(List.of(request("a", 1), request("b", 1), request("c", 1))))
                .isEqualTo(Map.of("a", SUPERSEDED, "b", SUPERSEDED, "c", RUN));
    }

    @Test
    void expiredOneSupersedesNothing() {
        assertThat(judge(List.of(request("a", 1), request("b", 0)))).isEqualTo(Map.of("a", RUN, "b", EXPIRED));
    }

    @Test
    void cancelledOneSupersedesNothing() {
        assertThat(judge(List.of(request("a", 1), request("b", 1)), new BackupCancelled("b", List.of("etcd/*"))))
                .isEqualTo(Map.of("a", RUN, "b", CANCELLED));
    }

    @Test
    void cancellationOfOtherSourcesDoesNotCount() {
        assertThat(judge(List.of(request("a", 1)), new BackupCancelled("a", List.of("brick/*"))))
                .isEqualTo(Map.of("a", RUN));
    }

    @Test
    void requestForOtherSourcesIsLeftOut() {
        assertThat(judge(List.of(request("a", 1), request("b", 1, "brick/*")))).isEqualTo(Map.of("a", RUN));
    }

    @Test
    void runThatWasRequestedTwiceCountsOnce() {
        assertThat(Outstanding.judge(List.of(request("a", 1), request("a", 1)), List.of(), SOURCE, NOW))
                .hasSize(1);
    }
}
