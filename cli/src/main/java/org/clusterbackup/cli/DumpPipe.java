package org.clusterbackup.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** A stream that is read by one who may stop early, while another thread writes it. */
final class DumpPipe {
    private static final int BYTES = 1 << 20;

    /** Writes the stream. */
    interface Writer {
        /** @throws BackupException {@code FAILED} with the {@link IOException} as its cause if {@code out} does not take it */
        void to(OutputStream out) throws BackupException;
    }

    /** Reads as much of it as it needs. */
    interface Reader<T> {
        T from(InputStream in) throws BackupException, IOException;
    }

    private DumpPipe() {}

    /**
     * @return what {@code reader} returns; the writer has ended by then
     * @throws BackupException what kept the writer from writing all that the reader needed, else what the reader throws
     */
    static <T> T run(Writer writer, Reader<T> reader) throws BackupException, IOException, InterruptedException {
        var in = new PipedInputStream(BYTES);
        var out = new PipedOutputStream(in);
        var writing = new FutureTask<>(() -> write(writer, out));
        var thread = Thread.ofVirtual().start(writing);
        try {
            return reader.from(in);
        } catch (IOException e) {
            in.close();
            thread.join();
            var failure = writing.resultNow().filter(written -> !isClosedPipe(written));
            if (failure.isPresent()) {
                throw failure.get();
            }
            throw e;
        } finally {
            in.close();
            thread.join();
        }
    }

    private static Optional<BackupException> write(Writer writer, OutputStream to) throws IOException {
        try (to) {
            writer.to(to);
            return Optional.empty();
        } catch (BackupException e) {
            return Optional.of(e);
        }
    }

    /** The reader has what it needs. */
    private static boolean isClosedPipe(BackupException failure) {
        return failure.kind() == Kind.FAILED && failure.getCause() instanceof IOException;
    }
}
