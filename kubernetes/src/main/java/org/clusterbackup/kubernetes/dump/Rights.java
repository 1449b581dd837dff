package org.clusterbackup.kubernetes.dump;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** What the caller may list. */
public final class Rights {
    private static final String PATH = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private static final int AT_ONCE = 8;

    private Rights() {}

    /**
     * Those of {@code types} that the server would not list for this caller, in all namespaces.
     *
     * @throws BackupException if it does not say so
     */
    public static List<ResourceType> lacking(ApiServer server, List<ResourceType> types) throws BackupException {
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
