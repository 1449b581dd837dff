package org.clusterbackup.repository.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.clusterbackup.repository.BackupException;

/** A stream whose end must be proved: a dead producer and a finished one both look like end of file. */
public interface PlainSource extends AutoCloseable {

    /** The plain bytes; the same stream at each call, closed by {@link #close}. */
    InputStream stream();

    /**
     * Asked after the stream was read to its end, before anything is committed.
     *
     * @throws BackupException {@code SOURCE_INCOMPLETE} unless the producer proved that it finished (exit status,
     *     trailer, length)
     */
    void requireComplete() throws BackupException;

    /** Ends the producer if it still runs. */
    @Override
    void close();

    /** For a stream whose end nobody can prove, such as standard input: its end is taken for the whole. */
    static PlainSource unproved(InputStream stream) {
        return new PlainSource() {
            @Override
            public InputStream stream() {
                return stream;
            }

            @Override
            public void requireComplete() {}

            @Override
            public void close() {
                try {
                    stream.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}
