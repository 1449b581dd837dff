package org.clusterbackup.cli;

import java.util.concurrent.Callable;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every command has: its output options, and one way to say something and to end. */
abstract class BackupCommand implements Callable<Integer> {
    private @Nullable Console console;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private @Nullable CommandSpec spec;

    final void attach(Console to) {
        console = to;
    }

    final Console console() {
        if (console == null) {
            throw new IllegalStateException("a command is made by Commands");
        }
        return console;
    }

    final OutputOptions output() {
        return output;
    }

    final CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("a command is made by picocli");
        }
        return spec;
    }

    @Override
    public final Integer call() throws Exception {
        console().use(output);
        run();
        return console().findings().exitCode();
    }

    /**
     * Does the work. What went wrong without ending the command is told to {@link Console#findings}, which decides the
     * exit code.
     */
    abstract void run() throws BackupException, java.io.IOException, InterruptedException;

    static BackupException usage(String message) {
        return new BackupException(Kind.USAGE, message);
    }
}
