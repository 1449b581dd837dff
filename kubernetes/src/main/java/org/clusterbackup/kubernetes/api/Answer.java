package org.clusterbackup.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What an API server answered: a status code and a body, which is not copied. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Answer(int code, byte[] body) {
    public static final int NOT_FOUND = 404;
    public static final int CONFLICT = 409;
    public static final int GONE = 410;
    public static final int INVALID = 422;
    public static final int SERVER_ERROR = 500;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int BAD_GATEWAY = 502;
    private static final int UNAVAILABLE = 503;
    private static final int TIMEOUT = 504;
    private static final int MAX_MESSAGE = 500;

    public boolean ok() {
        return code >= 200 && code < 300;
    }

    /** Whether the same request may succeed soon without anybody changing anything. */
    public boolean passing() {
        return code == TOO_MANY_REQUESTS || code == BAD_GATEWAY || code == UNAVAILABLE || code == TIMEOUT;
    }

    public boolean forbidden() {
        return code == UNAUTHORIZED || code == FORBIDDEN;
    }

    /** @throws IOException if the body is no JSON */
    public JsonNode json() throws IOException {
        return Json.MAPPER.readTree(body);
    }

    /** What the server says went wrong, in one line. */
    public String message() {
        var text = new String(body, StandardCharsets.UTF_8);
        try {
            text = json().path("message").asText(text);
        } catch (IOException e) {
            // Proxies answer in plain text: that is the message then.
        }
        text = text.strip().replaceAll("\\s+", " ");
        return text.isEmpty()
                ? "status " + code
                : text.substring(0, Math.min(text.length(), MAX_MESSAGE)) + " (" + code + ")";
    }
}
