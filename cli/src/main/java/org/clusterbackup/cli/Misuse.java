package org.clusterbackup.cli;

import java.util.Arrays;
import java.util.List;
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
        var options = new OutputOptions();
        var text = Arrays.toString(args);
        options.form = text.contains("--output=json") || text.contains("--output, json")
                ? OutputOptions.Form.JSON
                : OutputOptions.Form.TABLE;
        console.use(options);
        var command = failure.getCommandLine().getCommandSpec().qualifiedName();
        console.failure(Kind.USAGE, sentence(failure), "see " + command + " --help");
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
