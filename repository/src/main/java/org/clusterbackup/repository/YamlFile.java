package org.clusterbackup.repository;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A place in a YAML or JSON file of configuration. Whatever is wrong is a {@link BackupException} {@code USAGE} of one
 * line that names file and key.
 */
public final class YamlFile {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Pattern SHORT = Pattern.compile("([0-9]{1,6})(s|m|h|d)");
    private static final int MAX_BYTES = 1 << 20;

    private final Path file;
    private final String key;
    private final JsonNode node;

    private YamlFile(Path file, String key, JsonNode node) {
        this.file = file;
        this.key = key;
        this.node = node;
    }

    public static YamlFile read(Path file) throws BackupException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new BackupException(Kind.USAGE, file + ": longer than " + MAX_BYTES + " bytes");
            }
            return new YamlFile(file, "", YAML.readTree(file.toFile()));
        } catch (JsonProcessingException e) {
            throw new BackupException(Kind.USAGE, file + ": not YAML: " + firstLine(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new BackupException(Kind.USAGE, file + ": cannot be read: " + e, e);
        }
    }

    /** @throws BackupException unless this is an object with no members but {@code known} */
    public YamlFile only(String... known) throws BackupException {
        if (!node.isObject()) {
            throw bad("is not an object");
        }
        for (var member : node.properties()) {
            if (!Set.of(known).contains(member.getKey())) {
                throw new YamlFile(file, path(member.getKey()), node)
                        .bad("is not known; known are " + String.join(", ", known));
            }
        }
        return this;
    }

    public String text(String member) throws BackupException {
        return optionalText(member).orElseThrow(() -> at(member).bad("is missing"));
    }

    public Optional<String> optionalText(String member) throws BackupException {
        var value = node.get(member);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw at(member).bad("is not a text");
        }
        return Optional.of(value.textValue());
    }

    /** The text, if it has the form. */
    public String text(String member, Pattern form) throws BackupException {
        var text = text(member);
        if (!form.matcher(text).matches()) {
            throw at(member).bad("does not match " + form + ": " + text);
        }
        return text;
    }

    public boolean flag(String member, boolean otherwise) throws BackupException {
        var value = node.get(member);
        if (value != null && !value.isBoolean()) {
            throw at(member).bad("is not true or false");
        }
        return value == null ? otherwise : value.booleanValue();
    }

    /** {@code 90s}, {@code 15m}, {@code 20h}, {@code 30d} or ISO 8601 such as {@code PT20H}; not negative. */
    public Duration time(String member, Duration otherwise) throws BackupException {
        var text = optionalText(member);
        return text.isEmpty() ? otherwise : time(text.get(), member);
    }

    private Duration time(String text, String member) throws BackupException {
        var match = SHORT.matcher(text);
        if (match.matches()) {
            var number = Long.parseLong(match.group(1));
            return switch (match.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
        try {
            var time = Duration.parse(text.toUpperCase(Locale.ROOT));
            if (!time.isNegative()) {
                return time;
            }
        } catch (DateTimeException e) {
            throw at(member).bad("is not a time such as 90s, 15m, 20h or 30d: " + text);
        }
        throw at(member).bad("is negative: " + text);
    }

    /** Texts of an array; an absent one is empty. */
    public List<String> texts(String member) throws BackupException {
        var texts = new ArrayList<String>();
        for (var item : items(member)) {
            if (!item.node.isTextual()) {
                throw item.bad("is not a text");
            }
            texts.add(item.node.textValue());
        }
        return List.copyOf(texts);
    }

    /** Patterns of sources: an array; an absent one is empty. */
    public List<String> patterns(String member) throws BackupException {
        var patterns = texts(member);
        for (var pattern : patterns) {
            if (!SourceName.isPattern(pattern)) {
                throw at(member).bad("has no pattern of sources: " + pattern);
            }
        }
        return patterns;
    }

    public boolean has(String member) {
        return node.has(member);
    }

    /** A member that is an object itself, or nothing that {@link #only} would let pass. */
    public YamlFile child(String member) throws BackupException {
        var value = node.get(member);
        if (value == null) {
            throw at(member).bad("is missing");
        }
        return new YamlFile(file, path(member), value);
    }

    /** A text, or a whole number as it is written. */
    public Optional<String> optionalNumber(String member) throws BackupException {
        var value = node.get(member);
        return value != null && value.isIntegralNumber() ? Optional.of(value.asText()) : optionalText(member);
    }

    /** Elements of an array; an absent one is empty. */
    public List<YamlFile> items(String member) throws BackupException {
        var value = node.get(member);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw at(member).bad("is not a list");
        }
        var items = new ArrayList<YamlFile>();
        for (var i = 0; i < value.size(); i++) {
            items.add(new YamlFile(file, path(member) + "[" + i + "]", value.get(i)));
        }
        return List.copyOf(items);
    }

    /** The place of a member, for messages. */
    public YamlFile at(String member) {
        return new YamlFile(file, path(member), node);
    }

    public BackupException bad(String what) {
        return new BackupException(Kind.USAGE, file + ": " + (key.isEmpty() ? "the file" : key) + " " + what);
    }

    private String path(String member) {
        return key.isEmpty() ? member : key + "." + member;
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }
}
