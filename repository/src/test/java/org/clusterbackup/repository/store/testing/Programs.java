package org.clusterbackup.repository.store.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs that tests start: named by a variable or property, otherwise looked for on the path. */
public final class Programs {
    private Programs() {}

    /**
     * The program's path. Where it is lacking the test is skipped, or fails if {@code CI=true}: there nothing may be
     * skipped.
     *
     * @param variable an environment variable or a system property, such as {@code VERSITYGW}
     */
    public static Path require(String variable, String name) {
        var found = find(variable, name);
        if (found.isEmpty()) {
            missing("no program " + name + ": put it on the PATH or name it with " + variable);
        }
        return found.orElseThrow();
    }

    /** What the environment variable names; where it is not set the test is skipped, or fails, as by {@link #missing}. */
    public static Path named(String variable) {
        var named = System.getenv().getOrDefault(variable, "");
        if (named.isEmpty()) {
            missing("set " + variable);
        }
        return Path.of(named);
    }

    public static Optional<Path> find(String variable, String name) {
        var named = System.getProperty(variable, System.getenv().getOrDefault(variable, ""));
        if (!named.isEmpty()) {
            return Optional.of(Path.of(named)).filter(Files::isExecutable);
        }
        var path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin:" + System.getProperty("user.home")
                + "/go/bin";
        return Stream.of(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Skips the test with {@code reason}, or fails it if {@code CI=true}. */
    public static void missing(String reason) {
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(reason);
        }
        Assumptions.abort(reason);
    }
}
