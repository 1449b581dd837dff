package org.clusterbackup.cli.recover;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongFunction;

/** A plan as a runbook for people. */
public final class Markdown {
    private final Plan plan;
    private final Instant now;
    private final Line link;
    private final LongFunction<String> size;
    private final StringBuilder text = new StringBuilder();

    /**
     * @param link to the target
     * @param size spells a number of bytes
     */
    public Markdown(Plan plan, Instant now, Line link, LongFunction<String> size) {
        this.plan = plan;
        this.now = now;
        this.link = link;
        this.size = size;
    }

    public String text() {
        line("# Recovery: " + plan.scenario().title());
        line("");
        line("From recovery point " + code(plan.run()) + " at " + code(plan.repository()) + ". What happened after "
                + plan.time() + ", " + time(Duration.between(plan.time(), now)) + " ago, is lost.");
        sources();
        remarks();
        line("");
        line("## Steps");
        line("");
        line("As root. Each machine needs this program, `CLUSTERBACKUP_KEYS` and this plan as JSON (`--output json`);"
                + " `clusterbackup recover run PLAN --as NAME` does what belongs to one, one step after the other.");
        var number = 0;
        for (var step : plan.steps()) {
            number++;
            step(number, step);
        }
        return text.toString();
    }

    private void sources() {
        line("");
        line("| source | artifact | begun | size | to fetch | at " + size.apply(link.bytesPerSecond()) + "/s |");
        line("|---|---|---|---|---|---|");
        for (var held : plan.sources()) {
            line("| " + held.source() + " | " + held.artifact() + " | " + held.started() + " | "
                    + size.apply(held.streamBytes()) + " | " + size.apply(held.storedBytes()) + " | "
                    + fetch(held.storedBytes()) + " |");
        }
    }

    private void remarks() {
        if (plan.remarks().isEmpty()) {
            return;
        }
        line("");
        line("## What to know");
        line("");
        plan.remarks().forEach(remark -> line("- " + remark));
    }

    private void step(int number, Step step) {
        line("");
        line("### " + number + ". " + step.where() + ": " + step.title());
        line("");
        line(sentence(step.why()) + (step.bytes() > 0 ? " About " + fetch(step.bytes()) + "." : ""));
        step.formats().ifPresent(what -> line("\n**Formats** " + what + "."));
        step.ready().ifPresent(test -> block("Before it, this succeeds:", test));
        if (step.commands().isEmpty()) {
            line("\nDone by hand.");
        } else {
            block("", String.join("\n", step.commands()));
        }
        step.check().ifPresent(test -> block("After it, this succeeds:", test));
    }

    private void block(String title, String commands) {
        line("");
        if (!title.isEmpty()) {
            line(title);
            line("");
        }
        line("```sh");
        line("( set -eu");
        line(commands + " )");
        line("```");
    }

    private String fetch(long bytes) {
        return time(link.time(bytes));
    }

    static String time(Duration duration) {
        if (duration.toDays() > 1) {
            return duration.toDays() + " d " + duration.toHoursPart() + " h";
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() > 0 ? duration.toMinutes() + " min" : Math.max(1, duration.toSeconds()) + " s";
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    private static String code(String text) {
        return "`" + text.replace("`", "'") + "`";
    }

    private void line(String words) {
        text.append(words).append('\n');
    }
}
