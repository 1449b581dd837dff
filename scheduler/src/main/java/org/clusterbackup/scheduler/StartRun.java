package org.clusterbackup.scheduler;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.EventCodec;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.BackupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /api/runs} with a {@code backup-requested} as its body, <code>{}</code> for everything. */
@Path("/api/runs")
@RunOnVirtualThread
public class StartRun {
    private static final Logger LOG = LoggerFactory.getLogger(StartRun.class);
    private static final String BEARER = "Bearer ";

    private final Scheduler scheduler;
    private final SchedulerConfig config;

    StartRun(Scheduler scheduler, SchedulerConfig config) {
        this.scheduler = scheduler;
        this.config = config;
    }

    /** What was started, or why not. */
    public record Answer(Optional<String> run, Optional<String> error) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response start(@HeaderParam("Authorization") @Nullable String authorization, byte[] body)
            throws InterruptedException {
        if (!allowed(authorization)) {
            return refuse(Response.Status.FORBIDDEN, "the token is missing or wrong");
        }
        var parts = scheduler.parts();
        if (parts.isEmpty()) {
            return refuse(Response.Status.SERVICE_UNAVAILABLE, "not started yet");
        }
        return switch (EventCodec.decode(Topics.BACKUP_REQUESTED, null, body, Map.of())) {
            case Decoded.Event(BackupRequested request) -> publish(parts.get(), named(request));
            case Decoded.Event _ -> throw new IllegalStateException("another event on backup-requested");
            case Decoded.Rejection(var reason) -> refuse(Response.Status.BAD_REQUEST, reason);
        };
    }

    private static BackupRequested named(BackupRequested request) {
        var run = request.run().orElse("manual-" + Clock.systemUTC().millis());
        return new BackupRequested(Optional.of(run), request.policy(), request.sources(), request.deadline());
    }

    private static Response publish(Scheduler.Parts parts, BackupRequested request) throws InterruptedException {
        try {
            parts.events().publish(request);
            LOG.info("run started by the API run={}", request.key());
            return Response.accepted(new Answer(request.run(), Optional.empty()))
                    .build();
        } catch (BackupException e) {
            return refuse(Response.Status.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    private static Response refuse(Response.Status status, String why) {
        return Response.status(status)
                .entity(new Answer(Optional.empty(), Optional.of(why)))
                .build();
    }

    /** In constant time; read anew each time, so that a changed Secret counts at once. */
    private boolean allowed(@Nullable String authorization) {
        var file = config.api().tokenFile();
        if (file.isEmpty() || authorization == null || !authorization.startsWith(BEARER)) {
            return false;
        }
        try {
            var token = Files.readString(file.get()).strip();
            return !token.isEmpty()
                    && MessageDigest.isEqual(
                            token.getBytes(StandardCharsets.UTF_8),
                            authorization.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.error("cannot read the token file: {}", e.toString());
            return false;
        }
    }
}
