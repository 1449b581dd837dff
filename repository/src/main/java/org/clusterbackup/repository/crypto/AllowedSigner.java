package org.clusterbackup.repository.crypto;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.repository.SourceName;

/**
 * One line of {@code allowed_signers}: {@code <patterns> [options] ssh-ed25519 <base64> [comment]}. Options are
 * {@code namespaces}, {@code valid-after} and {@code valid-before}; everything else is refused.
 */
record AllowedSigner(
        List<String> patterns,
        List<String> namespaces,
        Optional<Instant> validAfter,
        Optional<Instant> validBefore,
        PublicKey key) {
    private static final Pattern LINE = Pattern.compile(
            "(?<patterns>[^\\s\"]+)\\s+(?:(?<options>(?:[A-Za-z-]+(?:=\"[^\"]*\")?)(?:,[A-Za-z-]+(?:=\"[^\"]*\")?)*)\\s+)?"
                    + "ssh-ed25519\\s+(?<key>[A-Za-z0-9+/=]+)(?:\\s.*)?");
    private static final Pattern OPTION = Pattern.compile("(?<name>[A-Za-z-]+)(?:=\"(?<value>[^\"]*)\")?(?:,|$)");
    /** {@code ssh-keygen} knows {@code ?} and {@code !} in patterns too: refused rather than read differently. */
    private static final Pattern PLAIN_PATTERN = Pattern.compile("[^?!,\\s]+");

    AllowedSigner {
        patterns = List.copyOf(patterns);
        namespaces = List.copyOf(namespaces);
    }

    /** @throws IllegalArgumentException with the reason */
    static AllowedSigner parse(String line) {
        var match = LINE.matcher(line);
        if (!match.matches()) {
            throw new IllegalArgumentException("not of the form '<patterns> [options] ssh-ed25519 <base64> [comment]'");
        }
        var patterns = commaSeparated(match.group("patterns"));
        PublicKey key;
        try {
            key = PublicKey.ofBlob(Base64.getDecoder().decode(match.group("key")));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bad key: " + e.getMessage(), e);
        }
        return withOptions(
                patterns, key, Optional.ofNullable(match.group("options")).orElse(""));
    }

    private static AllowedSigner withOptions(List<String> patterns, PublicKey key, String options) {
        var namespaces = List.of("*");
        var after = Optional.<Instant>empty();
        var before = Optional.<Instant>empty();
        var seen = new HashSet<String>();
        var match = OPTION.matcher(options);
        while (match.find() && !match.group().isEmpty()) {
            var name = match.group("name").toLowerCase(Locale.ROOT);
            var value = match.group("value");
            if (value == null || !seen.add(name)) {
                throw new IllegalArgumentException("option without value or given twice: " + name);
            }
            switch (name) {
                case "namespaces" -> namespaces = commaSeparated(value);
                case "valid-after" -> after = Optional.of(time(value));
                case "valid-before" -> before = Optional.of(time(value));
                default -> throw new IllegalArgumentException("unknown option: " + name);
            }
        }
        return new AllowedSigner(patterns, namespaces, after, before, key);
    }

    private static List<String> commaSeparated(String text) {
        var parts = List.of(text.split(",", -1));
        for (var part : parts) {
            if (!PLAIN_PATTERN.matcher(part).matches()) {
                throw new IllegalArgumentException("a pattern is empty or has other wildcards than *: " + text);
            }
        }
        return parts;
    }

    /** {@code YYYYMMDD[HHMM[SS]][Z]}; without Z it is local time, as {@code ssh-keygen} reads it. */
    private static Instant time(String text) {
        var utc = text.endsWith("Z");
        var digits = utc ? text.substring(0, text.length() - 1) : text;
        var padded =
                switch (digits.length()) {
                    case 8 -> digits + "000000";
                    case 12 -> digits + "00";
                    case 14 -> digits;
                    default -> throw new IllegalArgumentException("not a time: " + text);
                };
        try {
            return LocalDateTime.parse(padded, DateTimeFormatter.ofPattern("uuuuMMddHHmmss"))
                    .atZone(utc ? ZoneOffset.UTC : ZoneId.systemDefault())
                    .toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("not a time: " + text, e);
        }
    }

    boolean maySignAs(String subject) {
        return namespaces.stream().anyMatch(n -> SourceName.matches(n, SshSignature.NAMESPACE))
                && patterns.stream().anyMatch(p -> SourceName.matches(p, subject));
    }

    boolean isValidAt(Instant time) {
        return validAfter.map(t -> !time.isBefore(t)).orElse(true)
                && validBefore.map(t -> !time.isAfter(t)).orElse(true);
    }

    String patternList() {
        return String.join(",", patterns);
    }
}
