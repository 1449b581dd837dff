package org.clusterbackup.cli;

import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.clusterbackup.repository.Kind;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

/** A command line that was not understood: one sentence and where to read more, not the whole help. */
record Misuse(Console console) implements IParameterExceptionHandler {
    private static final int SUGGESTED = 2;

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        var command = failure.getCommandLine().getCommandSpec().qualifiedName();
        return refuse(sentence(failure), "see " + command + " --help", args);
    }

    /** A file of options that {@code args} name and that is not there: picocli takes its name for an argument. */
    static Optional<String> missingOptionsFile(String... args) {
        return Arrays.stream(args)
                .filter(arg -> arg.length() > 1 && arg.startsWith("@") && !arg.startsWith("@@"))
                .map(arg -> arg.substring(1))
                .filter(file -> !new File(file).canRead())
                .findFirst();
    }

    int refuseOptionsFile(String file, String... args) {
        return refuse(
                "there is no options file " + file,
                "a word that begins with @ names a file of options; a path is written as ./@" + file,
                args);
    }

    private int refuse(String sentence, String hint, String... args) {
        var options = new OutputOptions();
        var text = Arrays.toString(args);
        options.form = text.contains("--output=json") || text.contains("--output, json")
                ? OutputOptions.Form.JSON
                : OutputOptions.Form.TABLE;
        console.use(options);
        console.failure(Kind.USAGE, sentence, hint);
        return Kind.USAGE.exitCode();
    }

    private static String sentence(ParameterException failure) {
        var text = String.valueOf(failure.getMessage());
        var unmatched =
                failure instanceof CommandLine.UnmatchedArgumentException e ? e.getSuggestions() : List.<String>of();
        var sentence = text.isEmpty() ? "not understood" : Character.toLowerCase(text.charAt(0)) + text.substring(1);
        return unmatched.isEmpty()
                ? sentence
                : sentence + "; did you mean "
                        + unmatched.stream().limit(SUGGESTED).collect(Collectors.joining(" or ")) + "?";
    }
}
