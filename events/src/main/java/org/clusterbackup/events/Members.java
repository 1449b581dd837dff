package org.clusterbackup.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The members of a record as JSON: the record's components are the schema. {@code Optional} may be absent, a list that
 * is absent is empty, everything else is required; nothing is ever {@code null}; numbers are not negative.
 */
final class Members {
    static final String TIME_PATTERN = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z";

    /** Written by people: a misspelt {@code sources} must not become a request for everything. */
    static final Set<Class<?>> CLOSED = Set.of(BackupRequested.class, BackupCancelled.class);

    static final int MAX_ITEMS = 20_000;

    private static final Pattern TIME = Pattern.compile(TIME_PATTERN);
    private static final int TIME_LENGTH = 30;

    private Members() {}

    /** What a value does against its schema, in one line without the value itself. */
    static final class Violation extends Exception {
        private static final long serialVersionUID = 1L;
        private final String reason;

        Violation(String reason) {
            super(reason);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    static String name(RecordComponent component) {
        var name = component.getAnnotation(JsonName.class);
        return name == null ? component.getName() : name.value();
    }

    static boolean required(RecordComponent component) {
        return component.getType() != Optional.class && component.getType() != List.class;
    }

    /** The type of the component itself, or of what the optional or list holds. */
    static Class<?> element(RecordComponent component) {
        Type type = component.getGenericType();
        if (type instanceof ParameterizedType parameterized) {
            type = parameterized.getActualTypeArguments()[0];
        }
        return (Class<?>) type;
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <T extends Record> T readRecord(JsonNode json, Class<T> type, String path) throws Violation {
        if (!(json instanceof ObjectNode object)) {
            throw new Violation(path + " is not an object");
        }
        var components = type.getRecordComponents();
        if (CLOSED.contains(type)) {
            refuseUnknown(object, components);
        }
        var values = new Object[components.length];
        for (var i = 0; i < components.length; i++) {
            values[i] = readMember(object, components[i], path);
        }
        return make(type, values);
    }

    static <T extends BackupEvent> T read(ObjectNode json, Class<T> type) throws Violation {
        return type.cast(readRecord(json, type.asSubclass(Record.class), ""));
    }

    /** @throws IllegalArgumentException if the record breaks its own schema */
    static ObjectNode write(BackupEvent event) {
        var json = writeRecord((Record) event);
        try {
            read(json, event.getClass());
        } catch (Violation e) {
            throw new IllegalArgumentException("event breaks its schema: " + Topics.of(event) + ": " + e.reason(), e);
        }
        return json;
    }

    private static void refuseUnknown(ObjectNode object, RecordComponent[] components) throws Violation {
        var known = Arrays.stream(components).map(Members::name).collect(Collectors.toSet());
        if (!known.containsAll(
                object.properties().stream().map(Map.Entry::getKey).collect(Collectors.toSet()))) {
            throw new Violation(
                    "unknown member; known are " + known.stream().sorted().collect(Collectors.joining(", ")));
        }
    }

    private static Object readMember(ObjectNode object, RecordComponent component, String path) throws Violation {
        var name = path + name(component);
        var node = object.get(name(component));
        if (node == null) {
            if (required(component)) {
                throw new Violation(name + " is missing");
            }
            return component.getType() == List.class ? List.of() : Optional.empty();
        }
        if (component.getType() == List.class) {
            return readList(node, component, name);
        }
        var value = readValue(node, component, name);
        return component.getType() == Optional.class ? Optional.of(value) : value;
    }

    private static List<Object> readList(JsonNode node, RecordComponent component, String name) throws Violation {
        if (!(node instanceof ArrayNode array) || array.size() > MAX_ITEMS) {
            throw new Violation(name + " is not an array of at most " + MAX_ITEMS);
        }
        var values = new ArrayList<Object>(array.size());
        for (var item : array) {
            values.add(readValue(item, component, name));
        }
        return values;
    }

    private static Object readValue(JsonNode node, RecordComponent component, String name) throws Violation {
        var type = element(component);
        if (type == String.class) {
            return readText(node, component, name);
        } else if (type == Instant.class) {
            return readTime(node, name);
        } else if (type == boolean.class) {
            if (!node.isBoolean()) {
                throw new Violation(name + " is not true or false");
            }
            return node.booleanValue();
        } else if (type == long.class || type == Long.class) {
            if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
                throw new Violation(name + " is not a whole number from 0 up");
            }
            return node.longValue();
        } else if (type.isEnum()) {
            return readWord(node, type, name);
        }
        return readRecord(node, type.asSubclass(Record.class), name + ".");
    }

    private static String readText(JsonNode node, RecordComponent component, String name) throws Violation {
        var form = component.getAnnotation(Form.class).value();
        if (!node.isTextual() || !form.allows(node.textValue())) {
            throw new Violation(
                    name + " is not a " + form.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
        return node.textValue();
    }

    private static Instant readTime(JsonNode node, String name) throws Violation {
        if (node.isTextual()
                && node.textValue().length() <= TIME_LENGTH
                && TIME.matcher(node.textValue()).matches()) {
            try {
                return Instant.parse(node.textValue());
            } catch (DateTimeException e) {
                throw new Violation(name + " is not a time that exists");
            }
        }
        throw new Violation(name + " is not an RFC 3339 time in UTC with Z");
    }

    private static Object readWord(JsonNode node, Class<?> type, String name) throws Violation {
        for (var constant : type.getEnumConstants()) {
            if (node.isTextual() && word((Enum<?>) constant).equals(node.textValue())) {
                return constant;
            }
        }
        throw new Violation(name + " is not one of the words known");
    }

    private static ObjectNode writeRecord(Record value) {
        var json = JsonNodeFactory.instance.objectNode();
        for (var component : value.getClass().getRecordComponents()) {
            switch (component(value, component)) {
                case Optional<?> optional -> optional.ifPresent(v -> json.set(name(component), writeValue(v)));
                case List<?> list -> {
                    if (!list.isEmpty()) {
                        var array = json.putArray(name(component));
                        list.forEach(item -> array.add(writeValue(item)));
                    }
                }
                case Object one -> json.set(name(component), writeValue(one));
            }
        }
        return json;
    }

    private static JsonNode writeValue(Object value) {
        var nodes = JsonNodeFactory.instance;
        return switch (value) {
            case String text -> nodes.textNode(text);
            case Instant time -> nodes.textNode(time.toString());
            case Boolean flag -> nodes.booleanNode(flag);
            case Long number -> nodes.numberNode(number.longValue());
            case Enum<?> word -> nodes.textNode(word(word));
            case Record nested -> writeRecord(nested);
            default -> throw new IllegalStateException("no JSON for " + value.getClass());
        };
    }

    private static Object component(Record value, RecordComponent component) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("component " + component + " cannot be read", e);
        }
    }

    private static <T extends Record> T make(Class<T> type, Object[] values) {
        var types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("record " + type + " cannot be made", e);
        }
    }
}
