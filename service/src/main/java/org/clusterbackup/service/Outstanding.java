package org.clusterbackup.service;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.BackupRequest;

/**
 * What becomes of the requests that an agent finds when it starts: of one source only the newest is still worth a
 * backup.
 */
public record Outstanding(BackupRequest request, Verdict verdict) {

    /** What to do with a request. */
    public enum Verdict {
        RUN,
        /** A newer one of the same source will run. */
        SUPERSEDED,
        /** Its deadline has passed. */
        EXPIRED,
        CANCELLED
    }

    /**
     * Judges the requests that want {@code source}, oldest first; a run that was requested twice counts once, by its
     * first record.
     *
     * @param requests in the order of their records
     */
    public static List<Outstanding> judge(
            List<BackupRequest> requests, Collection<BackupCancelled> cancelled, String source, Instant now) {
        var byRun = new LinkedHashMap<String, BackupRequest>();
        requests.stream()
                .filter(request -> request.wants(source))
                .forEach(request -> byRun.putIfAbsent(request.run(), request));
        var judged = new ArrayList<Outstanding>();
        var newer = false;
        for (var request : List.copyOf(byRun.values()).reversed()) {
            var verdict = verdict(request, cancelled, source, now, newer);
            newer |= verdict == Verdict.RUN;
            judged.add(new Outstanding(request, verdict));
        }
        return List.copyOf(judged.reversed());
    }

    private static Verdict verdict(
            BackupRequest request, Collection<BackupCancelled> cancelled, String source, Instant now, boolean newer) {
        if (cancelled.stream().anyMatch(cancel -> cancel.run().equals(request.run()) && cancel.cancels(source))) {
            return Verdict.CANCELLED;
        } else if (request.expiredAt(now)) {
            return Verdict.EXPIRED;
        }
        return newer ? Verdict.SUPERSEDED : Verdict.RUN;
    }
}
