package org.clusterbackup.repository.crypto;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;

/** The age X25519 public keys that everything is sealed to; never empty. Thread-safe. */
public final class Recipients {
    private final List<String> values;
    private final List<RecipientStanzaWriter> writers;

    private Recipients(List<String> values, List<RecipientStanzaWriter> writers) {
        this.values = List.copyOf(values);
        this.writers = List.copyOf(writers);
    }

    /**
     * Reads a recipients file as {@code age -R} does: one {@code age1…} a line, empty lines and {@code #} comments.
     *
     * @throws BackupException {@code NO_KEY} if it cannot be read or names no recipient, {@code USAGE} if a line is none
     */
    public static Recipients read(Path file) throws BackupException {
        try {
            return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new BackupException(Kind.NO_KEY, "cannot read recipients " + file + ": " + FileReason.of(e), e);
        }
    }

    /** As {@link #read}, for the text of the file {@code name}. */
    public static Recipients parse(String name, String text) throws BackupException {
        return of(name, KeyLines.of(text));
    }

    /** @param where named by failures */
    public static Recipients of(String where, List<String> values) throws BackupException {
        if (values.isEmpty()) {
            throw new BackupException(Kind.NO_KEY, where + " names no recipient");
        }
        var writers = new ArrayList<RecipientStanzaWriter>();
        for (var value : values) {
            try {
                writers.add(X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(value));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new BackupException(Kind.USAGE, where + ": not an age X25519 recipient: " + value, e)
                        .withHint("a recipient begins with age1 and is the public half of an identity");
            }
        }
        return new Recipients(values, writers);
    }

    /** The {@code age1…} texts, in the file's order. */
    public List<String> values() {
        return values;
    }

    List<RecipientStanzaWriter> writers() {
        return writers;
    }

    @Override
    public String toString() {
        return String.join(",", values);
    }
}
