package org.clusterbackup.kubernetes.restore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.kubernetes.api.Answer;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Server-side apply of one object. */
final class Applying {
    static final String MANAGER = "clusterbackup";
    private static final String APPLY = "application/apply-patch+yaml";
    /** Above {@code ~}: what YAML refuses, and its further line breaks, which it would silently make a blank. */
    private static final Pattern NOT_IN_YAML = Pattern.compile("[\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ufffe\\uffff]");

    /** How it went. */
    sealed interface Result {
        /** @param uid that the object has now */
        record Applied(Outcome outcome, String uid, List<Difference> differences) implements Result {}

        record Failed(Outcome outcome, String reason) implements Result {}

        /** It may go later, when something else is there. */
        record Later(String reason) implements Result {}
    }

    private final ApiServer server;
    private final boolean force;
    private final boolean dryRun;

    Applying(ApiServer server, boolean force, boolean dryRun) {
        this.server = server;
        this.force = force;
        this.dryRun = dryRun;
    }

    /**
     * @param object in its own namespace, without what servers set
     * @param onlyNew one that exists is not changed
     */
    Result apply(ResourceType type, ObjectNode object, boolean onlyNew) throws BackupException {
        var meta = object.path("metadata");
        var path = type.path(meta.path("namespace").asText(), meta.path("name").asText());
        try {
            var before = server.getSmall(path, Duration.ZERO);
            if (!before.ok() && before.code() != Answer.NOT_FOUND) {
                return judge(before);
            }
            var answer = send(path, object, dryRun || (onlyNew && before.ok()));
            if (!answer.ok()) {
                return judge(answer);
            }
            var after = answer.json();
            if (!before.ok()) {
                return applied(Outcome.CREATED, after, List.of());
            }
            var differences = Difference.between(type, (ObjectNode) before.json(), (ObjectNode) after);
            if (onlyNew && !differences.isEmpty()) {
                return new Result.Failed(
                        Outcome.CONFLICTING, "it exists and names other namespaces: " + differences.getFirst());
            }
            return applied(differences.isEmpty() ? Outcome.UNCHANGED : Outcome.CHANGED, after, differences);
        } catch (IOException e) {
            return new Result.Failed(Outcome.REFUSED, "the answer is no JSON: " + e.getMessage());
        } catch (BackupException e) {
            if (e.kind() == Kind.UNREACHABLE) {
                return new Result.Later(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /** Brings back a status, which an apply of the object leaves alone. */
    Optional<String> applyStatus(ResourceType type, ObjectNode object, JsonNode status) throws BackupException {
        var meta = object.path("metadata");
        var body = Json.MAPPER.createObjectNode();
        body.set("apiVersion", object.path("apiVersion"));
        body.set("kind", object.path("kind"));
        var name = body.putObject("metadata").put("name", meta.path("name").asText());
        if (meta.has("namespace")) {
            name.set("namespace", meta.path("namespace"));
        }
        body.set("status", status);
        var answer = send(
                type.path(meta.path("namespace").asText(), meta.path("name").asText()) + "/status", body, dryRun);
        return answer.ok() ? Optional.empty() : Optional.of(answer.message());
    }

    private Answer send(String path, ObjectNode body, boolean dry) throws BackupException {
        var query = "?fieldManager=" + MANAGER + "&force=" + force + (dry ? "&dryRun=All" : "");
        return server.send("PATCH", path + query, APPLY, yaml(body));
    }

    /** JSON is YAML, but for characters of strings that JSON allows as they are and YAML does not. */
    private static byte[] yaml(ObjectNode body) {
        return NOT_IN_YAML
                .matcher(new String(Json.canonical(body), StandardCharsets.UTF_8))
                .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Result applied(Outcome outcome, JsonNode after, List<Difference> differences) {
        return new Result.Applied(outcome, after.path("metadata").path("uid").asText(), differences);
    }

    /** What is missing may come, a webhook's service among it; what is wrong stays wrong. */
    private static Result judge(Answer answer) {
        var message = answer.message();
        return switch (answer.code()) {
            case Answer.CONFLICT ->
                message.contains("conflict with") || message.contains("conflicts with")
                        ? new Result.Failed(Outcome.CONFLICTING, message)
                        : new Result.Later(message);
            case Answer.NOT_FOUND, Answer.SERVER_ERROR -> new Result.Later(message);
            default ->
                answer.passing() || (answer.forbidden() && message.matches(".*(not found|being terminated).*"))
                        ? new Result.Later(message)
                        : new Result.Failed(Outcome.REFUSED, message);
        };
    }
}
