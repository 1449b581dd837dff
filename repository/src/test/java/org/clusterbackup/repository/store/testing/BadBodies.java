package org.clusterbackup.repository.store.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.Body;

/** Bodies that are not what they say. */
final class BadBodies {
    private BadBodies() {}

    /** It says another length than it has. */
    static Body lying(byte[] bytes, long length) {
        return new TestBody(length, Sha256.of(bytes), () -> new ByteArrayInputStream(bytes));
    }

    /** It fails after so many bytes. */
    static Body breaking(int length, int after) {
        return new TestBody(
                length,
                Sha256.of(StoreFixture.random(length)),
                () -> new SequenceInputStream(new ByteArrayInputStream(new byte[after]), new Broken()));
    }

    private static final class Broken extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("the source broke");
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            throw new IOException("the source broke");
        }
    }

    private record TestBody(long length, Sha256 sha256, Opener opener) implements Body {
        interface Opener {
            InputStream open();
        }

        @Override
        public InputStream open() {
            return opener.open();
        }
    }
}
