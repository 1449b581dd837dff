package org.clusterbackup.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Asks whoever sits at the terminal; nobody there is no. */
final class Answers {
    private final Console console;
    private @Nullable BufferedReader answers;

    Answers(Console console) {
        this.console = console;
    }

    /** Whether the next line of stdin is {@code yes}. */
    boolean yes(String question) {
        console.error(question + " [yes/no]");
        try {
            if (answers == null) {
                answers = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            }
            return "yes".equals(answers.readLine());
        } catch (IOException e) {
            return false;
        }
    }
}
