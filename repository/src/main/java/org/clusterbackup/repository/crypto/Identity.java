package org.clusterbackup.repository.crypto;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
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

/** The age secret keys that open what was sealed; never logged, never in a message. Thread-safe. */
public final class Identity {
    private final List<RecipientStanzaReader> readers;

    private Identity(List<RecipientStanzaReader> readers) {
        this.readers = List.copyOf(readers);
    }

    /**
     * Reads an identity file as {@code age -i} does: one {@code AGE-SECRET-KEY-1…} a line, empty lines and {@code #}
     * comments.
     *
     * @throws BackupException {@code NO_KEY} if it cannot be read or holds no X25519 identity
     */
    public static Identity read(Path file) throws BackupException {
        try {
            return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new BackupException(Kind.NO_KEY, "cannot read identity " + file + ": " + FileReason.of(e), e);
        }
    }

    /** As {@link #read}, for the text of the file {@code name}. */
    public static Identity parse(String name, String text) throws BackupException {
        var readers = new ArrayList<RecipientStanzaReader>();
        for (var line : KeyLines.of(text)) {
            try {
                readers.add(X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(line));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                // Neither the line nor the cause, which may quote it: both would put a secret into a log.
                throw new BackupException(
                        Kind.NO_KEY, name + ": line " + (readers.size() + 1) + " of its keys is not an age identity");
            }
        }
        if (readers.isEmpty()) {
            throw new BackupException(Kind.NO_KEY, name + " holds no identity");
        }
        return new Identity(readers);
    }

    List<RecipientStanzaReader> readers() {
        return readers;
    }

    @Override
    public String toString() {
        return "identity of " + readers.size() + " keys";
    }
}
