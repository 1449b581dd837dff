package org.clusterbackup.kubernetes.api;

/** An answer has more bytes than its caller takes. */
public final class AnswerTooLargeException extends Exception {
    private static final long serialVersionUID = 1L;

    AnswerTooLargeException(String path, int bytes) {
        super("the answer to " + path + " has more than " + bytes + " bytes");
    }
}
