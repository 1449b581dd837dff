package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A page of {@code docs/operations}, whose commands are run as they stand there: blocks that begin with {@code ```sh}, or
 * {@code ```sh SERVER} for one of Gluster's servers, section by section.
 */
final class Runbook {
    private static final String FENCE = "```";
    private static final String SHELL = FENCE + "sh";

    private final String name;
    private final Map<String, List<Block>> sections = new LinkedHashMap<>();

    /** @param server empty for any machine */
    record Block(String server, String commands) {}

    /** Runs a block and says what it printed; it throws when the block fails. */
    interface Machine {
        String run(Block block);
    }

    private Runbook(String name) {
        this.name = name;
    }

    static Runbook of(String name) {
        var runbook = new Runbook(name);
        var title = "";
        var block = new ArrayList<String>();
        var server = "";
        var within = false;
        for (var line : lines(Checkout.ROOT.resolve("docs/operations").resolve(name))) {
            if (within && line.equals(FENCE)) {
                runbook.add(title, new Block(server, String.join("\n", block)));
                within = false;
            } else if (within) {
                block.add(line);
            } else if (line.startsWith(SHELL)) {
                within = true;
                block.clear();
                server = line.substring(SHELL.length()).strip();
            } else if (line.startsWith("## ")) {
                title = line.substring(3);
            }
        }
        assertThat(within).as("a block of %s that does not end", name).isFalse();
        return runbook;
    }

    /** A page whose commands are indented by four blanks, as that at a target is. */
    static Runbook indented(Path file) {
        var runbook = new Runbook(file.toString());
        var title = "";
        var block = new ArrayList<String>();
        for (var line : lines(file)) {
            if (line.startsWith("    ")) {
                block.add(line.strip());
                continue;
            }
            if (!block.isEmpty()) {
                runbook.add(title, new Block("", String.join("\n", block)));
                block.clear();
            }
            title = line.startsWith("## ") ? line.substring(3) : title;
        }
        return runbook;
    }

    private void add(String section, Block block) {
        sections.computeIfAbsent(section, _ -> new ArrayList<>()).add(block);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the blocks of the section, and says what they printed. */
    String run(String section, Machine machine) {
        return run(section, Integer.MAX_VALUE, machine);
    }

    /** @param atMost so many blocks of it */
    String run(String section, int atMost, Machine machine) {
        var blocks = sections.remove(section);
        assertThat(blocks).as("blocks of section %s of %s", section, name).isNotNull();
        var said = new StringBuilder();
        blocks.stream().limit(atMost).forEach(block -> said.append(machine.run(block)));
        return said.toString();
    }

    /** Runs all sections that are left. */
    String run(Machine machine) {
        var said = new StringBuilder();
        List.copyOf(sections.keySet()).forEach(section -> said.append(run(section, machine)));
        return said.toString();
    }

    /** Sections with commands that were not run. */
    List<String> left() {
        return List.copyOf(sections.keySet());
    }
}
