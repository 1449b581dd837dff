package org.clusterbackup.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The members of one JSON object, read by name and type. A member that is missing or of another type is a
 * {@link BackupException} {@code DAMAGED} that names object and member.
 */
public final class JsonMembers {
    private final String name;
    private final ObjectNode object;

    JsonMembers(String name, ObjectNode object) {
        this.name = name;
        this.object = object;
    }

    /** @throws BackupException {@code UNKNOWN_FORMAT} unless the member {@code format} is {@code version} */
    public JsonMembers requireFormat(int version) throws BackupException {
        var format = object.get("format");
        if (format == null || !format.isInt() || format.intValue() != version) {
            throw new BackupException(
                            Kind.UNKNOWN_FORMAT,
                            name + " has format " + format + "; this program reads format " + version)
                    .withHint("use a newer clusterbackup");
        }
        return this;
    }

    public boolean has(String member) {
        return object.has(member);
    }

    /** The tree below, for what has no fixed members; it must not be changed. */
    public ObjectNode object() {
        return object;
    }

    public String text(String member) throws BackupException {
        return optionalText(member).orElseThrow(() -> bad(member, "a text"));
    }

    public Optional<String> optionalText(String member) throws BackupException {
        var value = object.get(member);
        if (value != null && !value.isTextual()) {
            throw bad(member, "a text");
        }
        return Optional.ofNullable(value).map(JsonNode::textValue);
    }

    /** A whole number that is not negative. */
    public long number(String member) throws BackupException {
        var value = object.get(member);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw bad(member, "a number that is not negative");
        }
        return value.longValue();
    }

    public boolean flag(String member) throws BackupException {
        var value = object.get(member);
        if (value == null || !value.isBoolean()) {
            throw bad(member, "true or false");
        }
        return value.booleanValue();
    }

    public Instant time(String member) throws BackupException {
        try {
            return Instant.parse(text(member));
        } catch (DateTimeException e) {
            throw bad(member, "a time");
        }
    }

    public Sha256 digest(String member) throws BackupException {
        return optionalDigest(member).orElseThrow(() -> bad(member, "a digest"));
    }

    public Optional<Sha256> optionalDigest(String member) throws BackupException {
        var value = optionalText(member);
        try {
            return value.map(Sha256::new);
        } catch (IllegalArgumentException e) {
            throw bad(member, "a digest");
        }
    }

    public SourceName source(String member) throws BackupException {
        try {
            return new SourceName(text(member));
        } catch (IllegalArgumentException e) {
            throw bad(member, "a source name");
        }
    }

    public ArtifactId artifact(String member) throws BackupException {
        try {
            return new ArtifactId(text(member));
        } catch (IllegalArgumentException e) {
            throw bad(member, "an artifact id");
        }
    }

    /** Texts of an array. */
    public List<String> texts(String member) throws BackupException {
        var texts = new ArrayList<String>();
        for (var element : array(member)) {
            if (!element.isTextual()) {
                throw bad(member, "an array of texts");
            }
            texts.add(element.textValue());
        }
        return List.copyOf(texts);
    }

    /** Objects of an array. */
    public List<JsonMembers> objects(String member) throws BackupException {
        var objects = new ArrayList<JsonMembers>();
        for (var element : array(member)) {
            if (!(element instanceof ObjectNode node)) {
                throw bad(member, "an array of objects");
            }
            objects.add(new JsonMembers(name, node));
        }
        return List.copyOf(objects);
    }

    public JsonMembers members(String member) throws BackupException {
        if (object.get(member) instanceof ObjectNode node) {
            return new JsonMembers(name, node);
        }
        throw bad(member, "an object");
    }

    private JsonNode array(String member) throws BackupException {
        var value = object.get(member);
        if (value == null || !value.isArray()) {
            throw bad(member, "an array");
        }
        return value;
    }

    /** What is wrong with {@code member}: for readers that ask more of it than its type. */
    public BackupException bad(String member, String expected) {
        return new BackupException(Kind.DAMAGED, name + ": member " + member + " is not " + expected);
    }
}
