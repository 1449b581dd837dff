package org.clusterbackup.repository.drill;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.ArtifactRef;

/**
 * What a drill found of one source.
 *
 * @param kind of the artifact, as manifests spell it; empty if its manifest could not be believed
 * @param milliseconds that it took
 * @param streamBytes of the plain stream; of one that failed, as many as its manifest announces, 0 if that is not known
 * @param counts by name what was counted: {@code files}, {@code keys}, {@code objects}, …
 * @param failure the kind of failure as the command line spells it; empty unless it failed
 * @param message why it failed, or what a restore would meet; empty if there is nothing to say
 */
public record Drilled(
        ArtifactRef ref,
        Sha256 manifestSha256,
        Optional<String> kind,
        Result result,
        long milliseconds,
        long streamBytes,
        SortedMap<String, Long> counts,
        Optional<String> failure,
        Optional<String> message) {
    private static final Pattern COUNT = Pattern.compile("[a-z][A-Za-z]{0,39}");
    private static final Pattern WORD = Pattern.compile("[a-z][a-z-]{0,39}");

    /** How far a source was proved. */
    public enum Result {
        /** Brought back, and compared with its manifest. */
        RESTORED,
        /** Read to its end and proved, but not brought back. */
        READ,
        /** It would not come back. */
        FAILED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Result> parse(String text) {
            return Stream.of(values()).filter(r -> r.text().equals(text)).findFirst();
        }
    }

    /** @throws IllegalArgumentException unless a failure, and only that, has its kind and its message */
    public Drilled {
        counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
        if (counts.keySet().stream().anyMatch(name -> !COUNT.matcher(name).matches())) {
            throw new IllegalArgumentException("not the name of a count: " + counts.keySet());
        }
        if (failure.isPresent() != (result == Result.FAILED) || (failure.isPresent() && message.isEmpty())) {
            throw new IllegalArgumentException(ref + " must say what failed, or have no failure");
        }
        if (Stream.concat(failure.stream(), kind.stream())
                .anyMatch(word -> !WORD.matcher(word).matches())) {
            throw new IllegalArgumentException(ref + " has a word that is none: " + kind + ", " + failure);
        }
    }

    public boolean ok() {
        return result != Result.FAILED;
    }

    /** Its members, as reports and the command line spell them. */
    public void writeTo(ObjectNode object) {
        object.put("source", ref.source().value())
                .put("artifact", ref.artifact().value())
                .put("manifestSha256", manifestSha256.hex());
        kind.ifPresent(value -> object.put("kind", value));
        object.put("result", result.text()).put("milliseconds", milliseconds).put("streamBytes", streamBytes);
        var counted = object.putObject("counts");
        counts.forEach(counted::put);
        failure.ifPresent(value -> object.put("failure", value));
        message.ifPresent(value -> object.put("message", value));
    }

    static Drilled parse(JsonMembers member) throws BackupException {
        return new Drilled(
                new ArtifactRef(member.source("source"), member.artifact("artifact")),
                member.digest("manifestSha256"),
                member.optionalText("kind"),
                Result.parse(member.text("result")).orElseThrow(() -> member.bad("result", "restored, read or failed")),
                member.number("milliseconds"),
                member.number("streamBytes"),
                counts(member.members("counts")),
                member.optionalText("failure"),
                member.optionalText("message"));
    }

    private static SortedMap<String, Long> counts(JsonMembers members) throws BackupException {
        var counts = new TreeMap<String, Long>();
        for (var name : (Iterable<String>) members.object()::fieldNames) {
            counts.put(name, members.number(name));
        }
        return counts;
    }
}
