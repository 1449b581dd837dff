package org.clusterbackup.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.clusterbackup.repository.Kind;
import picocli.CommandLine;

/** {@code clusterbackup}: parses, runs one command, and ends with a code of the registry {@link Kind}. */
public final class Main {
    private Main() {}

    @SuppressWarnings("SystemExitOutsideMain")
    public static void main(String[] args) {
        configureLogging(Arrays.asList(args));
        var out = new FileOutputStream(FileDescriptor.out);
        var err = new FileOutputStream(FileDescriptor.err);
        System.exit(run(out, err, System.getenv(), args));
    }

    /** Runs one command as {@code main} would, and returns its exit code. Nothing else is written to {@code out} and {@code err}. */
    static int run(OutputStream out, OutputStream err, Map<String, String> environment, String... args) {
        var console = new Console(out, err, environment);
        var missing = Misuse.missingOptionsFile(args);
        var code = missing.isPresent()
                ? new Misuse(console).refuseOptionsFile(missing.get(), args)
                : commandLine(console).execute(args);
        return console.finish(code);
    }

    static CommandLine commandLine(Console console) {
        var line = new CommandLine(new ClusterBackup(), new Commands(console))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new Failures(console))
                .setParameterExceptionHandler(new Misuse(console))
                .setOut(console.outWriter())
                .setErr(console.errWriter())
                .setUsageHelpWidth(110)
                .setAbbreviatedOptionsAllowed(false)
                .setUnmatchedOptionsArePositionalParams(false)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        line.getSubcommands().values().forEach(sub -> sub.getCommandSpec()
                .exitCodeOnInvalidInput(Kind.USAGE.exitCode()));
        return line;
    }

    /** Before the first logger is made: slf4j-simple reads its settings once. */
    private static void configureLogging(List<String> args) {
        var level = args.contains("--verbose") || args.contains("-v") ? "info" : "error";
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", level);
        System.setProperty("org.slf4j.simpleLogger.logFile", "System.err");
        System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
        System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
        // jni and ffm are fine here; picocli must not look for a terminal
        System.setProperty("picocli.ansi", "false");
    }
}
