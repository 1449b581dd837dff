package org.clusterbackup.scheduler.policy;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.events.Text;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.YamlFile;
import org.clusterbackup.repository.retention.Retention;

/** Reads the file of policies; {@code docs/configuration.md} describes it. */
public final class Policies {
    private static final Pattern NAME = Pattern.compile(Text.POLICY.pattern());
    private static final Duration DAY = Duration.ofDays(1);
    private static final CronParser CRON = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private Policies() {}

    /** @throws BackupException {@code USAGE}, in one line that names file and key */
    public static List<Policy> read(Path file) throws BackupException {
        var names = new HashSet<String>();
        var policies = new ArrayList<Policy>();
        var yaml = YamlFile.read(file).only("policies", Retention.MEMBER);
        if (yaml.has(Retention.MEMBER)) {
            // Whoever prunes reads it; that it is wrong is said now, and not when a target is full.
            var _ = Retention.of(yaml);
        }
        for (var item : yaml.items("policies")) {
            var policy = policy(item);
            if (!names.add(policy.name())) {
                throw item.at("name").bad("is there twice: " + policy.name());
            }
            policies.add(policy);
        }
        return List.copyOf(policies);
    }

    /**
     * The required sources of a request's policy, each with the time that its newest artifact must not be older than. A
     * request by hand for everything has those of all policies, each as the strictest one has it.
     */
    public static List<org.clusterbackup.events.RequiredSource> required(List<Policy> policies, BackupRequest request) {
        var notBefore = new TreeMap<String, Instant>();
        policies.stream()
                .filter(policy -> request.policy()
                        .map(policy.name()::equals)
                        .orElse(request.sources().isEmpty()))
                .flatMap(policy -> policy.required().stream())
                .forEach(source -> notBefore.merge(
                        source.source(),
                        request.requested().minus(source.maxAge()),
                        (one, other) -> one.isAfter(other) ? one : other));
        return notBefore.entrySet().stream()
                .map(entry -> new org.clusterbackup.events.RequiredSource(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Policy policy(YamlFile item) throws BackupException {
        item.only("name", "cron", "zone", "jitter", "catchUp", "sources", "required", "deadline", "objective");
        var deadline = item.time("deadline", DAY);
        if (deadline.isZero()) {
            throw item.at("deadline").bad("is zero");
        }
        return new Policy(
                item.text("name", NAME),
                cron(item),
                zone(item),
                item.time("jitter", Duration.ZERO),
                item.flag("catchUp", true),
                item.patterns("sources"),
                required(item),
                deadline,
                item.time("objective", DAY.plus(deadline)));
    }

    private static Cron cron(YamlFile item) throws BackupException {
        var text = item.text("cron");
        try {
            var cron = CRON.parse(text).validate();
            if (ExecutionTime.forCron(cron)
                    .nextExecution(ZonedDateTime.now(ZoneOffset.UTC))
                    .isPresent()) {
                return cron;
            }
        } catch (IllegalArgumentException e) {
            throw item.at("cron").bad("is not a cron expression of five fields: " + text + ": " + e.getMessage());
        }
        throw item.at("cron").bad("never comes: " + text);
    }

    private static ZoneId zone(YamlFile item) throws BackupException {
        var text = item.optionalText("zone").orElse("UTC");
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw item.at("zone").bad("is not a time zone: " + text);
        }
    }

    private static List<RequiredSource> required(YamlFile item) throws BackupException {
        var required = new ArrayList<RequiredSource>();
        for (var entry : item.items("required")) {
            entry.only("source", "maxAge");
            var source = entry.text("source");
            if (!Text.SOURCE.allows(source)) {
                throw entry.at("source").bad("is not a source: " + source);
            }
            required.add(new RequiredSource(source, entry.time("maxAge", Duration.ofDays(30))));
        }
        return required;
    }
}
