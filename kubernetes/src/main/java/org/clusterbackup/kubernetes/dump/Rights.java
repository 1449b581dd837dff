package org.clusterbackup.kubernetes.dump;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.Discovery;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * What the caller may not list although it is wanted.
 *
 * @param essential without which a dump fails
 * @param other that a dump leaves out with a warning
 */
public record Rights(List<ResourceType> essential, List<ResourceType> other) {
    private static final String PATH = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private static final int AT_ONCE = 8;

    public Rights {
        essential = List.copyOf(essential);
        other = List.copyOf(other);
    }

    /**
     * Asks the server about every resource that a dump would list.
     *
     * @throws BackupException as {@link ClusterDump#start}, or if the server does not tell what the caller may do
     */
    public static Rights lacking(ApiServer server, DumpOptions options) throws BackupException {
        var core = Core.read(server, options.patience());
        var wanted = Discovery.read(server, Duration.ofSeconds(1)).listable().stream()
                .filter(options.filter()::takes)
                .toList();
        var parts = ask(server, wanted).stream().collect(Collectors.partitioningBy(core::has));
        return new Rights(parts.getOrDefault(true, List.of()), parts.getOrDefault(false, List.of()));
    }

    private static List<ResourceType> ask(ApiServer server, List<ResourceType> types) throws BackupException {
        var turns = new Semaphore(AT_ONCE);
        var answers = new ArrayList<Future<Boolean>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var type : types) {
                answers.add(threads.submit(() -> {
                    turns.acquire();
                    try {
                        return allowed(server, type);
                    } finally {
                        turns.release();
                    }
                }));
            }
            var lacking = new ArrayList<ResourceType>();
            for (var i = 0; i < types.size(); i++) {
                if (!answers.get(i).get()) {
                    lacking.add(types.get(i));
                }
            }
            return lacking;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BackupException known) {
                throw known;
            }
            throw new BackupException(Kind.FAILED, "cannot ask for rights: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted", e);
        }
    }

    private static boolean allowed(ApiServer server, ResourceType type) throws BackupException, IOException {
        var review = Json.MAPPER.createObjectNode();
        review.put("apiVersion", "authorization.k8s.io/v1").put("kind", "SelfSubjectAccessReview");
        review.putObject("spec")
                .putObject("resourceAttributes")
                .put("verb", "list")
                .put("group", type.group())
                .put("resource", type.resource());
        var answer = server.send("POST", PATH, "application/json", Json.canonical(review));
        if (!answer.ok()) {
            throw new BackupException(
                    answer.forbidden() ? Kind.NOT_PERMITTED : Kind.UNREACHABLE,
                    server.url() + " does not tell the rights of this caller: " + answer.message());
        }
        return answer.json().path("status").path("allowed").asBoolean();
    }
}
