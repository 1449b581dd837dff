package org.clusterbackup.scheduler.metric;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One metric's values by label; a value that is not there any more is not exported any more. Not thread-safe. */
public final class Family {
    private final String name;
    private final String help;
    private final List<Sample> samples = new ArrayList<>();

    /** @param labels by name */
    public record Sample(Map<String, String> labels, double value) {}

    /** @param name with its unit, as Prometheus spells it */
    public Family(String name, String help) {
        this.name = name;
        this.help = help;
    }

    /** @param labels name, value, name, value, … */
    public Family add(double value, String... labels) {
        var named = new LinkedHashMap<String, String>();
        for (var i = 0; i < labels.length; i += 2) {
            named.put(labels[i], labels[i + 1]);
        }
        samples.add(new Sample(named, value));
        return this;
    }

    public Family add(long value, String... labels) {
        return add((double) value, labels);
    }

    public Family add(Instant time, String... labels) {
        return add(time.getEpochSecond(), labels);
    }

    public Family add(Duration time, String... labels) {
        return add(time.toMillis() / 1000.0, labels);
    }

    public Family add(boolean is, String... labels) {
        return add(is ? 1 : 0, labels);
    }

    public String name() {
        return name;
    }

    public String help() {
        return help;
    }

    public List<Sample> samples() {
        return List.copyOf(samples);
    }
}
