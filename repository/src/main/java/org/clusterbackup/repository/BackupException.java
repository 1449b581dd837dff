package org.clusterbackup.repository;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an operator sees when something fails: a stable kind, a message that names the object, and often a hint. */
public final class BackupException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final @Nullable String hint;

    public BackupException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    public BackupException(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, null, cause);
    }

    private BackupException(Kind kind, String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.hint = hint;
    }

    /** The same failure with a sentence that says what to try. */
    public BackupException withHint(String text) {
        var hinted = new BackupException(kind, String.valueOf(getMessage()), text, getCause());
        hinted.setStackTrace(getStackTrace());
        return hinted;
    }

    public Kind kind() {
        return kind;
    }

    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }
}
