package org.clusterbackup.cli;

import picocli.CommandLine.Option;

/** How to say it. */
final class OutputOptions {
    enum Form {
        TABLE,
        JSON
    }

    @Option(
            names = "--output",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "Form of the results on stdout, and of an error on stderr (default: ${DEFAULT-VALUE}).")
    Form form = Form.TABLE;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress and no remarks; errors and warnings only.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say more on stderr.")
    boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and end.")
    boolean help;
}
