package org.clusterbackup.kubernetes.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** The objects of a cluster's tar that lies in a file. Whatever is not as a dump writes it is refused when it is opened. */
public final class ObjectArchive implements AutoCloseable {
    public static final String VERSION = "version.json";
    public static final String DISCOVERY = "discovery.json";
    /** The last member: what there is and what there is not. */
    public static final String INDEX = "index.json";

    private static final int MAX_BYTES = 64 << 20;

    private final TarFile tar;
    private final JsonNode index;
    private final List<StoredObject> objects;

    private ObjectArchive(TarFile tar, JsonNode index, List<StoredObject> objects) {
        this.tar = tar;
        this.index = index;
        this.objects = List.copyOf(objects);
    }

    /**
     * Reads every object once; some 500 bytes of each stay in memory.
     *
     * @throws BackupException {@code DAMAGED} naming the member that is no regular file, or not what its path says, or if the
     *     archive has no end
     */
    public static ObjectArchive open(Path file) throws BackupException {
        TarFile tar;
        try {
            tar = new TarFile(file);
        } catch (IOException | IllegalArgumentException e) {
            throw new BackupException(Kind.DAMAGED, "no archive of Kubernetes objects: " + e.getMessage(), e);
        }
        try {
            return read(tar);
        } catch (BackupException | RuntimeException e) {
            new ArchiveContent(tar).close();
            throw e;
        }
    }

    private static ObjectArchive read(TarFile tar) throws BackupException {
        var content = new ArchiveContent(tar);
        var members = tar.getEntries();
        if (members.isEmpty() || !members.getLast().getName().equals(INDEX)) {
            throw new BackupException(Kind.DAMAGED, "no archive of Kubernetes objects: it does not end with " + INDEX);
        }
        var index = content.json(members.getLast());
        if (index.path("format").asInt() != 1) {
            throw new BackupException(Kind.UNKNOWN_FORMAT, INDEX + " has format " + index.path("format"));
        }
        var types = types(index);
        var objects = new ArrayList<StoredObject>();
        for (var member : members.subList(0, members.size() - 1)) {
            if (!member.getName().equals(VERSION) && !member.getName().equals(DISCOVERY)) {
                objects.add(object(content, types, member));
            }
        }
        if (objects.size() != index.path("objects").asLong()) {
            throw new BackupException(
                    Kind.DAMAGED,
                    "the archive has " + objects.size() + " objects, " + INDEX + " says " + index.path("objects"));
        }
        return new ObjectArchive(tar, index, objects);
    }

    private static Map<String, ResourceType> types(JsonNode index) {
        var types = new HashMap<String, ResourceType>();
        for (var resource : index.path("resources")) {
            var type = new ResourceType(
                    resource.path("group").asText(),
                    resource.path("version").asText(),
                    resource.path("resource").asText(),
                    resource.path("kind").asText(),
                    resource.path("namespaced").asBoolean());
            types.put(folder(type), type);
        }
        return types;
    }

    private static String folder(ResourceType type) {
        var path = ObjectPath.of(type, "", "x");
        return path.substring("cluster/".length(), path.lastIndexOf('/'));
    }

    private static StoredObject object(ArchiveContent content, Map<String, ResourceType> types, TarArchiveEntry member)
            throws BackupException {
        var path = member.getName();
        var segments = path.split("/", -1);
        var from = path.startsWith("cluster/") ? 1 : 2;
        var known = segments.length == from + 4
                ? Optional.ofNullable(types.get(segments[from] + "/" + segments[from + 1] + "/" + segments[from + 2]))
                : Optional.<ResourceType>empty();
        if (known.isEmpty()) {
            throw refused(member, "no resource of " + INDEX + " lies there");
        }
        var meta = content.json(member).path("metadata");
        var object = new StoredObject(
                known.get(),
                meta.path("namespace").asText(),
                meta.path("name").asText(),
                meta.path("uid").asText(),
                member);
        if (object.name().isEmpty()
                || !ObjectPath.of(object.type(), object.namespace(), object.name())
                        .equals(path)) {
            throw refused(member, "the object in it is another: " + object);
        }
        return object;
    }

    static BackupException refused(TarArchiveEntry member, String reason) {
        return new BackupException(Kind.DAMAGED, "member " + printable(member.getName()) + " is refused: " + reason);
    }

    private static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    /** In the order of the archive: by resource, then as the server listed them. */
    public List<StoredObject> objects() {
        return objects;
    }

    /** What the dump says of itself, {@link #INDEX}. */
    public ObjectNode index() {
        return index.deepCopy();
    }

    /** The object as the server gave it. */
    public ObjectNode read(StoredObject object) throws BackupException {
        return new ArchiveContent(tar).json(object.entry());
    }

    @Override
    public void close() {
        new ArchiveContent(tar).close();
    }

    /** Members as JSON documents. */
    private record ArchiveContent(TarFile tar) {
        ObjectNode json(TarArchiveEntry member) throws BackupException {
            if (!member.isFile() || member.isLink() || member.isSymbolicLink() || member.isSparse()) {
                throw refused(member, "it is no regular file");
            }
            if (member.getSize() > MAX_BYTES) {
                throw refused(member, "it has " + member.getSize() + " bytes");
            }
            try (var in = tar.getInputStream(member)) {
                var bytes = in.readAllBytes();
                if (bytes.length == member.getSize() && Json.MAPPER.readTree(bytes) instanceof ObjectNode object) {
                    return object;
                }
                throw refused(member, "it is cut, or no JSON object");
            } catch (IOException e) {
                throw refused(member, "it cannot be read: " + e.getMessage());
            }
        }

        void close() {
            try {
                tar.close();
            } catch (IOException e) {
                throw new IllegalStateException("a file that was read does not close", e);
            }
        }
    }
}
