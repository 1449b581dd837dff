package org.clusterbackup.scheduler;

import io.quarkus.qute.Location;
import io.quarkus.qute.Template;
import io.quarkus.qute.TemplateExtension;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import org.clusterbackup.scheduler.metric.Rejections;
import org.clusterbackup.scheduler.page.Ages;
import org.clusterbackup.scheduler.page.Status;
import org.clusterbackup.scheduler.page.StatusOf;

/** The page for people, and its twin for programs. */
@Path("/")
@RunOnVirtualThread
public class StatusPage {
    private final Scheduler scheduler;
    private final SchedulerConfig config;
    private final OwedWork owed;
    private final StagingRounds staging;
    private final Template status;

    StatusPage(
            Scheduler scheduler,
            SchedulerConfig config,
            OwedWork owed,
            StagingRounds staging,
            @Location("status.html") Template status) {
        this.scheduler = scheduler;
        this.config = config;
        this.owed = owed;
        this.staging = staging;
        this.status = status;
    }

    @GET
    @Produces(MediaType.TEXT_HTML)
    public TemplateInstance page() {
        return status.data("status", status());
    }

    @GET
    @Path("api/status")
    @Produces(MediaType.APPLICATION_JSON)
    public Status status() {
        var parts = scheduler.parts().orElseThrow(ServiceUnavailableException::new);
        if (!parts.reader().caughtUp().isDone()) {
            throw new ServiceUnavailableException("not every event is read yet");
        }
        var now = Clock.systemUTC().instant();
        var view = parts.book().view(now);
        return new StatusOf(
                        parts.targets().names(), parts.policies(), config.runs().silentAfter())
                .at(
                        now,
                        view,
                        staging.problems(now),
                        owed.judged(parts, view, now),
                        parts.intake().rejections().values().stream()
                                .mapToLong(Rejections::count)
                                .sum());
    }

    @TemplateExtension(namespace = "human")
    static String age(long seconds) {
        return Ages.text(Duration.ofSeconds(seconds));
    }

    @TemplateExtension(namespace = "human")
    static String bytes(long bytes) {
        return Ages.bytes(bytes);
    }
}
