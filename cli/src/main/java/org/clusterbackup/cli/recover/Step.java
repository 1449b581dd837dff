package org.clusterbackup.cli.recover;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;

/**
 * One thing to do on one machine. All texts that are run are for a POSIX shell.
 *
 * @param id unique in its plan
 * @param where a node's name, or {@link #OPERATOR}
 * @param ready succeeds when the step may begin
 * @param commands empty if only a person can do it
 * @param check succeeds when the step has done what it is for
 * @param until a later step of the plan, by its id, after which {@code check} need not hold any more
 * @param formats what is formatted: a person is asked before
 * @param bytes that are fetched from the target
 */
public record Step(
        String id,
        String where,
        String title,
        String why,
        Optional<String> ready,
        List<String> commands,
        Optional<String> check,
        Optional<String> until,
        Optional<String> formats,
        long bytes) {
    /** Any machine that has this program, the keys, and what the step's commands name. */
    public static final String OPERATOR = "operator";

    public Step {
        commands = List.copyOf(commands);
    }

    static Step of(String id, String where, String title, String why, String... commands) {
        return new Step(
                id,
                where,
                title,
                why,
                Optional.empty(),
                List.of(commands),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    Step when(String test) {
        return new Step(id, where, title, why, Optional.of(test), commands, check, until, formats, bytes);
    }

    Step checked(String test) {
        return new Step(id, where, title, why, ready, commands, Optional.of(test), until, formats, bytes);
    }

    Step until(String step) {
        return new Step(id, where, title, why, ready, commands, check, Optional.of(step), formats, bytes);
    }

    /** Whether it works on a disk that is its own, so that it may be done beside others that do. */
    boolean ownDisk() {
        return formats.isPresent();
    }

    Step formatting(String what) {
        return new Step(id, where, title, why, ready, commands, check, until, Optional.of(what), bytes);
    }

    Step fetching(long stored) {
        return new Step(id, where, title, why, ready, commands, check, until, formats, stored);
    }

    ObjectNode toJson() {
        var json = JsonLayout.object()
                .put("id", id)
                .put("where", where)
                .put("title", title)
                .put("why", why);
        ready.ifPresent(test -> json.put("ready", test));
        var lines = json.putArray("commands");
        commands.forEach(lines::add);
        check.ifPresent(test -> json.put("check", test));
        until.ifPresent(step -> json.put("until", step));
        formats.ifPresent(what -> json.put("formats", what));
        return json.put("bytes", bytes);
    }

    static Step parse(JsonMembers json) throws BackupException {
        return new Step(
                json.text("id"),
                json.text("where"),
                json.text("title"),
                json.text("why"),
                json.optionalText("ready"),
                json.texts("commands"),
                json.optionalText("check"),
                json.optionalText("until"),
                json.optionalText("formats"),
                json.number("bytes"));
    }
}
