package org.clusterbackup.repository.crypto;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * A zstd frame, sealed if there are recipients, as a stream: whole after {@link #finish}; closed without it, what was
 * written is cut, and every reader says so.
 */
public final class SealedOutput extends OutputStream {
    private final OutputStream sink;
    private final Optional<AgeOutput> age;
    private final Gate gate;
    private final ZstdOutputStreamNoFinalizer zstd;
    private boolean finished;

    SealedOutput(OutputStream sink, Optional<Recipients> recipients, int level) throws IOException {
        this.sink = sink;
        age = recipients.isPresent() ? Optional.of(new AgeOutput(sink, recipients.get())) : Optional.empty();
        gate = new Gate(age.isPresent() ? age.get() : sink);
        zstd = new ZstdOutputStreamNoFinalizer(gate, level);
    }

    @Override
    public void write(int b) throws IOException {
        zstd.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        zstd.write(bytes, offset, length);
    }

    /** Ends frame and seal and flushes the sink; nothing can be written afterwards. */
    public void finish() throws IOException {
        finished = true;
        zstd.close();
        if (age.isPresent()) {
            age.get().finish();
        } else {
            sink.flush();
        }
    }

    /** Closes the sink, too. */
    @Override
    public void close() throws IOException {
        if (!finished) {
            // zstd ends its frame when it is closed, which would make a cut file look whole.
            gate.shut = true;
            zstd.close();
        }
        sink.close();
    }

    /** Lets bytes through until it is shut; closing it leaves the sink open. */
    private static final class Gate extends FilterOutputStream {
        private boolean shut;

        Gate(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            if (!shut) {
                out.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!shut) {
                out.write(bytes, offset, length);
            }
        }

        @Override
        public void close() {}
    }
}
