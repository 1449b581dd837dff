package org.clusterbackup.repository.artifact;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.Body;

/** Puts what is to be an object into a working file and digests it on its way. */
final class SpooledObject {
    private SpooledObject() {}

    /** What writes the object's bytes. */
    interface Text {
        void write(OutputStream out) throws IOException;
    }

    static Body write(Spool spool, String name, Text text) throws BackupException {
        try {
            Digesting digesting;
            try (var out = new Digesting(spool.write(name))) {
                text.write(out);
                digesting = out;
            }
            return Body.of(spool.file(name), digesting.length, Sha256.of(digesting.digest));
        } catch (IOException e) {
            throw spool.failure(e);
        }
    }

    private static final class Digesting extends FilterOutputStream {
        private final MessageDigest digest = Sha256.newDigest();
        private long length;

        Digesting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            out.write(bytes, offset, count);
            digest.update(bytes, offset, count);
            length += count;
        }
    }
}
