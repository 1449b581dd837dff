package org.clusterbackup.scheduler.metric;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.scheduler.page.PointsAt;
import org.clusterbackup.scheduler.policy.Policy;
import org.clusterbackup.scheduler.run.Book;
import org.clusterbackup.scheduler.run.RecoveryPoint;

/** Recovery points, drills and runs against what policies want of them. */
public record PolicyFamilies(List<String> targets, List<Policy> policies, Objectives objectives) {

    /** @param since when the scheduler began to follow the policies */
    public List<Family> of(Book.View view, Instant since) {
        var reached = new Family(
                "clusterbackup_recovery_point_timestamp_seconds",
                "when the newest recovery point that counts began; policy any is the newest of all");
        var objective = new Family("clusterbackup_recovery_point_objective_seconds", "how old it may become");
        var followed = new Family(
                "clusterbackup_policy_since_timestamp_seconds", "since when this process follows the policy");
        var status = new Family(
                "clusterbackup_recovery_point_status",
                "1 for what the last recovery point is, whether it counts or not");
        for (var target : targets) {
            var points = new PointsAt(target, policies, view);
            points.newest().ifPresent(point -> reached.add(point.restores(), "target", target, "policy", "any"));
            points.last().map(RecoveryPoint::status).ifPresent(is -> List.of("complete", "degraded", "partial")
                    .forEach(one -> status.add(one.equals(is), "target", target, "status", one)));
            for (var policy : policies) {
                points.newest(policy)
                        .ifPresent(point -> reached.add(point.restores(), "target", target, "policy", policy.name()));
                objective.add(policy.objective(), "target", target, "policy", policy.name());
                followed.add(since, "target", target, "policy", policy.name());
            }
        }
        return List.of(
                reached,
                objective,
                followed,
                status,
                deadlines(),
                open(view),
                drills(view),
                good(view),
                drillObjective());
    }

    private Family deadlines() {
        var deadlines = new Family("clusterbackup_policy_deadline_seconds", "time that a run has");
        policies.forEach(policy -> deadlines.add(policy.deadline(), "policy", policy.name()));
        return deadlines;
    }

    /** Of runs by hand, too: policy {@code ""}. */
    private static Family open(Book.View view) {
        var open = new Family(
                "clusterbackup_oldest_open_run_timestamp_seconds",
                "when the oldest run was requested whose work may still be going on; policy is empty for runs by hand");
        view.runs().stream()
                .filter(Book.RunView::open)
                .map(run -> run.request().policy().orElse(""))
                .distinct()
                .forEach(policy -> view.runs().stream()
                        .filter(run -> run.open()
                                && run.request()
                                        .policy()
                                        .equals(Optional.of(policy).filter(name -> !name.isEmpty())))
                        .map(run -> run.request().requested())
                        .min(Instant::compareTo)
                        .ifPresent(time -> open.add(time, "policy", policy)));
        return open;
    }

    private Family drills(Book.View view) {
        var times = new Family(
                "clusterbackup_drill_timestamp_seconds", "when the newest drill of a whole recovery point began");
        targets.forEach(target -> Optional.ofNullable(view.drills().get(target))
                .ifPresent(drill -> times.add(drill.time(), "target", target)));
        return times;
    }

    private Family good(Book.View view) {
        var good = new Family("clusterbackup_drill_ok", "1 where it restored everything, in time");
        targets.forEach(target -> Optional.ofNullable(view.drills().get(target))
                .ifPresent(drill -> good.add(drill.ok(), "target", target)));
        return good;
    }

    private Family drillObjective() {
        var objective = new Family("clusterbackup_drill_objective_seconds", "how long ago the last drill may be");
        targets.forEach(target -> objective.add(objectives.drill(), "target", target));
        return objective;
    }
}
