package org.clusterbackup.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what ended a command, and turns it into the exit code. */
record Failures(Console console) implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
        return switch (failure) {
            case BackupException known -> {
                console.failure(known.kind(), text(known), known.hint().orElse(null));
                yield console.findings().isEmpty() || known.kind() != Kind.WARNINGS
                        ? known.kind().exitCode()
                        : console.findings().exitCode();
            }
            case IOException io -> {
                console.failure(Kind.FAILED, FileReason.named(io), null);
                yield Kind.FAILED.exitCode();
            }
            case InterruptedException interrupted -> {
                console.failure(Kind.FAILED, "interrupted", null);
                yield Kind.FAILED.exitCode();
            }
            default -> {
                console.failure(Kind.FAILED, "internal error: " + failure, "run it again with --verbose and report it");
                console.remark(trace(failure));
                yield Kind.FAILED.exitCode();
            }
        };
    }

    private static String text(Exception failure) {
        return String.valueOf(failure.getMessage());
    }

    private static String trace(Exception failure) {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
