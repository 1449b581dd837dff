package org.clusterbackup.kubernetes.dump;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.clusterbackup.kubernetes.api.Answer;
import org.clusterbackup.kubernetes.api.AnswerTooLargeException;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists a resource page by page at one resourceVersion. A page is in memory whole, so that a server that is cut off in mid-page is asked
 * for it again; the list is on the disk, so that one that expired in its middle (410) is begun anew without anything of it having gone on.
 */
final class Lister {
    private static final Logger LOG = LoggerFactory.getLogger(Lister.class);

    /** A list expires when it takes longer than the server keeps its history, five minutes: more than this is no accident. */
    private static final int TRIES = 5;

    private static final int FIRST_LIMIT = 25;
    private static final int MOST = 500;
    private static final int MAX_OBJECT = 32 << 20;
    private static final int MAX_PAGE = 4 << 20;
    private static final int GOOD_PAGE = 1 << 20;

    private final ApiServer server;
    private final Path folder;

    Lister(ApiServer server, Path folder) {
        this.server = server;
        this.folder = folder;
    }

    /**
     * @param patience as {@link ApiServer#get}, for each page
     * @throws BackupException {@code NOT_PERMITTED}, {@code UNREACHABLE}, {@code SOURCE_INCOMPLETE}, {@code NO_SPACE} if the list
     *     could not be read to its end
     */
    ListedResource list(ResourceType type, Duration patience) throws BackupException {
        for (var attempt = 1; ; attempt++) {
            try {
                return once(type, patience);
            } catch (ExpiredException e) {
                if (attempt == TRIES) {
                    throw new BackupException(
                            Kind.SOURCE_INCOMPLETE, type + " cannot be listed at one moment: " + e.getMessage(), e);
                }
                LOG.info("list begins again resource={} reason={}", type, e.getMessage());
            } catch (IOException e) {
                throw new BackupException(Kind.NO_SPACE, "cannot write to " + folder + ": " + e, e);
            }
        }
    }

    private ListedResource once(ResourceType type, Duration patience)
            throws BackupException, ExpiredException, IOException {
        var spool = new ListSpool(folder);
        try {
            var listing = new Listing(type, spool);
            do {
                listing.page(patience);
            } while (!listing.next.isEmpty());
            return new ListedResource(type, listing.version, listing.objects, spool);
        } catch (BackupException | ExpiredException | IOException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    private final class Listing {
        private final ResourceType type;
        private final ListSpool spool;
        private String version = "";
        private String next = "";
        private long objects;
        private int limit = FIRST_LIMIT;

        Listing(ResourceType type, ListSpool spool) {
            this.type = type;
            this.spool = spool;
        }

        void page(Duration patience) throws BackupException, ExpiredException, IOException {
            var answer = fetch(patience);
            if (answer.code() == Answer.GONE) {
                throw new ExpiredException(answer.message());
            }
            if (!answer.ok()) {
                throw new BackupException(
                        answer.forbidden() ? Kind.NOT_PERMITTED : Kind.SOURCE_INCOMPLETE,
                        "cannot list " + type + ": " + answer.message());
            }
            var meta = items(answer.body());
            var at = meta.path("resourceVersion").asText();
            if (!version.isEmpty() && !version.equals(at)) {
                throw new ExpiredException("resourceVersion changed from " + version + " to " + at);
            }
            version = at;
            next = meta.path("continue").asText();
            if (answer.body().length < GOOD_PAGE) {
                limit = Math.min(MOST, 4 * limit);
            }
        }

        /** Of objects that are large a page has fewer: the API knows no limit in bytes. */
        private Answer fetch(Duration patience) throws BackupException {
            while (true) {
                var path = type.path() + "?limit=" + limit
                        + (next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8));
                try {
                    return server.get(path, limit == 1 ? MAX_OBJECT : MAX_PAGE, patience);
                } catch (AnswerTooLargeException e) {
                    if (limit == 1) {
                        throw new BackupException(Kind.SOURCE_INCOMPLETE, String.valueOf(e.getMessage()), e);
                    }
                    limit = Math.max(1, limit / 4);
                }
            }
        }

        /** @return the list's metadata */
        private JsonNode items(byte[] page) throws BackupException, IOException {
            JsonNode meta = Json.MAPPER.createObjectNode();
            var whole = false;
            try (var parser = Json.MAPPER.createParser(page)) {
                parser.nextToken();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    var member = parser.currentName();
                    var value = parser.nextToken();
                    if (member.equals("metadata")) {
                        meta = parser.readValueAsTree();
                    } else if (member.equals("items") && value == JsonToken.START_ARRAY) {
                        while (parser.nextToken() == JsonToken.START_OBJECT) {
                            ObjectNode item = parser.readValueAsTree();
                            add(item);
                        }
                        whole = true;
                    } else {
                        whole |= member.equals("items");
                        parser.skipChildren();
                    }
                }
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new BackupException(
                        Kind.SOURCE_INCOMPLETE, "the list of " + type + " is no JSON: " + e.getOriginalMessage(), e);
            }
            if (!whole) {
                throw new BackupException(Kind.SOURCE_INCOMPLETE, "the answer for " + type + " is no list");
            }
            return meta;
        }

        private void add(ObjectNode object) throws BackupException, IOException {
            // Objects in a list do not repeat what the list says.
            object.put("apiVersion", type.apiVersion());
            object.put("kind", type.kind());
            var meta = object.path("metadata");
            var name = meta.path("name").asText();
            if (name.isEmpty()) {
                throw new BackupException(Kind.SOURCE_INCOMPLETE, "an object of " + type + " has no name");
            }
            spool.add(new ListSpool.Item(meta.path("namespace").asText(), name, created(meta), Json.canonical(object)));
            objects++;
        }

        private static Instant created(JsonNode meta) {
            try {
                return Instant.parse(meta.path("creationTimestamp").asText());
            } catch (DateTimeParseException e) {
                return Instant.EPOCH;
            }
        }
    }

    /** The list cannot be continued at its resourceVersion. */
    private static final class ExpiredException extends Exception {
        private static final long serialVersionUID = 1L;

        ExpiredException(String message) {
            super(message);
        }
    }
}
