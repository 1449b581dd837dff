package org.clusterbackup.cli.recover;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;

/**
 * What to do after a disaster, in order. It is made once and carried to every machine, so that all restore the same.
 *
 * @param repository the target's URL
 * @param run of the recovery point
 * @param time when the oldest of its artifacts was begun: what happened later is lost
 * @param made when the plan was
 * @param remarks what is missing, stale or chosen, a sentence each
 */
public record Plan(
        Scenario scenario,
        String repository,
        String run,
        Instant time,
        Instant made,
        List<String> remarks,
        List<Held> sources,
        List<Step> steps) {
    private static final int FORMAT = 1;

    public Plan {
        remarks = List.copyOf(remarks);
        sources = List.copyOf(sources);
        steps = List.copyOf(steps);
    }

    /** One source of the recovery point, and what a restore of it costs. */
    public record Held(String source, String artifact, Instant started, long streamBytes, long storedBytes) {}

    /** Who takes an older one should know: a nightly backup is at most so old. */
    public static final Duration STALE = Duration.ofHours(36);

    public Duration age(Instant now) {
        return Duration.between(time, now);
    }

    public ObjectNode toJson() {
        var json = JsonLayout.object()
                .put("format", FORMAT)
                .put("scenario", scenario.text())
                .put("repository", repository)
                .put("run", run)
                .put("time", time.toString())
                .put("made", made.toString());
        var said = json.putArray("remarks");
        remarks.forEach(said::add);
        var held = json.putArray("sources");
        sources.forEach(one -> held.addObject()
                .put("source", one.source())
                .put("artifact", one.artifact())
                .put("started", one.started().toString())
                .put("streamBytes", one.streamBytes())
                .put("storedBytes", one.storedBytes()));
        var all = json.putArray("steps");
        steps.forEach(step -> all.add(step.toJson()));
        return json;
    }

    /** @throws BackupException {@code DAMAGED} or {@code UNKNOWN_FORMAT} */
    public static Plan parse(String name, byte[] bytes) throws BackupException {
        var json = JsonLayout.parse(name, bytes).requireFormat(FORMAT);
        var sources = new ArrayList<Held>();
        for (var member : json.objects("sources")) {
            sources.add(new Held(
                    member.text("source"),
                    member.text("artifact"),
                    member.time("started"),
                    member.number("streamBytes"),
                    member.number("storedBytes")));
        }
        var steps = new ArrayList<Step>();
        var ids = new HashSet<String>();
        for (var member : json.objects("steps")) {
            var step = Step.parse(member);
            if (!ids.add(step.id())) {
                throw new BackupException(Kind.DAMAGED, name + " has two steps " + step.id());
            }
            steps.add(step);
        }
        return new Plan(
                Scenario.parse(json.text("scenario")).orElseThrow(() -> json.bad("scenario", "a known scenario")),
                json.text("repository"),
                json.text("run"),
                json.time("time"),
                json.time("made"),
                json.texts("remarks"),
                sources,
                steps);
    }
}
