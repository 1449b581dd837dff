package org.clusterbackup.kubernetes.dump;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.Discovery;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.kubernetes.archive.ArchiveWriter;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.kubernetes.archive.ObjectPath;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.PlainSource;
import org.clusterbackup.repository.artifact.Tool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every object of a cluster as a tar, made while it is read: resource by resource, each listed whole at one resourceVersion before its first
 * object goes on. A resource of a custom or an aggregated API that cannot be read is left out with a warning; one of the API server itself
 * ends the stream, and {@link #requireComplete} says why. {@link #cancel} may be called by any thread, all else by one.
 */
public final class ClusterDump implements PlainSource {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterDump.class);

    /** What is no part of the API server is often down for good: it gets a short time only. */
    private static final Duration SHORT = Duration.ofSeconds(3);

    private final ApiServer server;
    private final DumpOptions options;
    private final String version;
    private final Core core;
    private final Lister lister;
    private final DumpSummary summary;
    private final Deque<ResourceType> ahead = new ArrayDeque<>();
    private final ArchiveWriter archive = new ArchiveWriter();
    /** The time of members that are no objects: the same in every dump of a cluster. */
    private final Instant born;

    private final Deque<byte[]> ready = new ArrayDeque<>();
    private final InputStream stream = new Members();
    private @Nullable ListedResource listed;
    private @Nullable BackupException failure;
    private boolean whole;
    private volatile boolean cancelled;

    private ClusterDump(
            ApiServer server,
            DumpOptions options,
            ObjectNode version,
            Core core,
            Discovery discovery,
            JsonNode system) {
        this.server = server;
        this.options = options;
        this.version = version.path("gitVersion").asText();
        this.core = core;
        this.lister = new Lister(server, options.folder());
        this.summary = new DumpSummary(
                this.version, system.path("metadata").path("uid").asText(), options.filter());
        this.born =
                Instant.parse(system.path("metadata").path("creationTimestamp").asText());
        discovery.silent().forEach(summary::omit);
        discovery.listable().stream().filter(options.filter()::takes).forEach(ahead::add);
        ready.add(archive.member(ObjectArchive.VERSION, born, Json.canonical(version)));
        ready.add(archive.member(ObjectArchive.DISCOVERY, born, Json.canonical(discovery.document())));
    }

    /**
     * Asks the server what there is; no object is read yet. The server stays the caller's to close, after this.
     *
     * @throws BackupException {@code UNREACHABLE}, {@code NOT_PERMITTED}, {@code SOURCE_INCOMPLETE} if it does not say what it serves
     */
    public static ClusterDump start(ApiServer server, DumpOptions options) throws BackupException {
        try {
            Files.createDirectories(options.folder());
        } catch (IOException e) {
            throw new BackupException(Kind.NO_SPACE, "cannot write to " + options.folder() + ": " + e, e);
        }
        var patience = options.patience();
        var version = Discovery.required(server, "/version", patience);
        var core = Core.read(server, patience);
        var discovery = Discovery.read(server, SHORT);
        for (var silent : discovery.silent().entrySet()) {
            if (core.groupVersions().contains(silent.getKey())) {
                throw new BackupException(Kind.SOURCE_INCOMPLETE, silent.getKey() + ": " + silent.getValue());
            }
        }
        var system = Discovery.required(server, "/api/v1/namespaces/kube-system", patience);
        return new ClusterDump(server, options, (ObjectNode) version, core, discovery, system);
    }

    @Override
    public InputStream stream() {
        return stream;
    }

    public Tool tool() {
        return new Tool("kube-apiserver", version);
    }

    /** What could not be read; known once the stream was read. */
    public List<String> warnings() {
        return summary.warnings();
    }

    /** For the manifest, once the stream was read. */
    public ObjectNode details() {
        return summary.details();
    }

    @Override
    public void requireComplete() throws BackupException {
        if (failure != null) {
            throw failure;
        }
        if (!whole) {
            throw new BackupException(
                    Kind.SOURCE_INCOMPLETE, "the dump of " + server.url() + " was not read to its end");
        }
    }

    /** Ends the stream soon; it cannot become complete any more. Returns at once. */
    public void cancel() {
        cancelled = true;
    }

    @Override
    public void close() {
        finish();
    }

    private void finish() {
        if (listed != null) {
            try {
                listed.close();
            } catch (IOException e) {
                LOG.warn("a working file stays resource={} reason={}", listed.type(), e.toString());
            }
            listed = null;
        }
    }

    /** Makes the next bytes ready, unless there are no more. */
    private void advance() throws BackupException, IOException {
        while (ready.isEmpty() && !whole) {
            if (cancelled) {
                throw new BackupException(Kind.SOURCE_INCOMPLETE, "the dump of " + server.url() + " was cancelled");
            }
            if (listed == null) {
                begin();
            } else {
                var item = listed.next();
                item.ifPresent(this::member);
                if (item.isEmpty()) {
                    finish();
                }
            }
        }
    }

    private void member(ListSpool.Item item) {
        if (listed != null) {
            var path = ObjectPath.of(listed.type(), item.namespace(), item.name());
            ready.add(archive.member(path, item.created(), item.json()));
        }
    }

    private void begin() throws BackupException {
        var next = Optional.ofNullable(ahead.poll());
        if (next.isPresent()) {
            list(next.get());
            return;
        }
        ready.add(archive.member(ObjectArchive.INDEX, born, Json.canonical(summary.index())));
        ready.add(archive.end());
        whole = true;
    }

    private void list(ResourceType type) throws BackupException {
        var own = core.has(type);
        try {
            listed = lister.list(type, own ? options.patience() : SHORT);
            summary.add(listed, own);
        } catch (BackupException e) {
            switch (e.kind()) {
                case NOT_PERMITTED, UNREACHABLE, SOURCE_INCOMPLETE -> {
                    if (own) {
                        throw e.kind() == Kind.NOT_PERMITTED ? e.withHint("grant list on it, or exclude " + type) : e;
                    }
                    LOG.warn("left out resource={} reason={}", type, e.getMessage());
                    summary.omit(type.name(), String.valueOf(e.getMessage()));
                }
                default -> throw e;
            }
        }
    }

    /** The members one after another; a failure is its end, and {@link #requireComplete} tells of it. */
    private final class Members extends InputStream {
        private InputStream at = new ByteArrayInputStream(new byte[0]);

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            while (true) {
                var n = at.read(bytes, offset, length);
                if (n >= 0) {
                    return n;
                }
                try {
                    if (failure == null) {
                        advance();
                    }
                } catch (BackupException e) {
                    failure = e;
                } catch (IOException e) {
                    failure = new BackupException(Kind.NO_SPACE, "cannot use " + options.folder() + ": " + e, e);
                }
                var next = failure == null ? ready.poll() : null;
                if (next == null) {
                    return -1;
                }
                at = new ByteArrayInputStream(next);
            }
        }
    }
}
