package org.clusterbackup.brickagent.child;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.clusterbackup.repository.artifact.Tool;

/** A program and its version, asked once when it is first needed. Thread-safe. */
public final class ToolVersion {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(?:\\.[0-9]+)+");
    private static final int ENOUGH = 4096;
    private static final String UNKNOWN = "unknown";

    private final String name;
    private final String option;
    private String version = "";

    private ToolVersion(String name, String option) {
        this.name = name;
        this.option = option;
    }

    /** @param option makes the program print its version and end */
    public static ToolVersion of(String name, String option) {
        return new ToolVersion(name, option);
    }

    /** The tool; its version is {@value #UNKNOWN} if it does not say. */
    public synchronized Tool tool() {
        if (version.isEmpty()) {
            version = ask();
        }
        return new Tool(name, version);
    }

    private String ask() {
        try {
            var process = new ProcessBuilder(name, option)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .start();
            try (var output = process.getInputStream()) {
                var found = NUMBER.matcher(new String(output.readNBytes(ENOUGH), StandardCharsets.UTF_8));
                return found.find() ? found.group() : UNKNOWN;
            }
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
