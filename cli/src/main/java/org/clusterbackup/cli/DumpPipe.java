package org.clusterbackup.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.clusterbackup.cli.place.BrickRestore;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** A stream that is read by one who may stop early, in a thread of his own: an artifact is read by the thread that opened it. */
final class DumpPipe {
    private static final int BYTES = 1 << 20;

    /** Reads as much of it as it needs. */
    interface Reader<T> {
        T from(InputStream in) throws BackupException, IOException;
    }

    private DumpPipe() {}

    /**
     * @return what {@code reader} returns
     * @throws BackupException what kept the writer from writing all that the reader needed, else what the reader throws
     */
    static <T> T run(BrickRestore.Feed writer, Reader<T> reader)
            throws BackupException, IOException, InterruptedException {
        var in = new PipedInputStream(BYTES);
        var out = new PipedOutputStream(in);
        var reading = new FutureTask<>(() -> {
            try (in) {
                return reader.from(in);
            }
        });
        var thread = Thread.ofVirtual().start(reading);
        var failure = write(writer, out);
        thread.join();
        try {
            return reading.get();
        } catch (ExecutionException e) {
            if (failure.isPresent()) {
                throw failure.get();
            }
            switch (e.getCause()) {
                case BackupException known -> throw known;
                case IOException io -> throw io;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private static Optional<BackupException> write(BrickRestore.Feed writer, PipedOutputStream to) throws IOException {
        try (to) {
            writer.to(to);
            return Optional.empty();
        } catch (BackupException e) {
            // The reader has what it needs, or failed itself.
            return e.kind() == Kind.FAILED && e.getCause() instanceof IOException ? Optional.empty() : Optional.of(e);
        }
    }
}
