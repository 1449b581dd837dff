package org.clusterbackup.repository.store;

import java.io.IOException;
import java.io.InputStream;
import org.clusterbackup.repository.Sha256;

/** A range of a body. */
record BodyPart(Body whole, long offset, long length, Sha256 sha256) implements Body {
    static BodyPart of(Body whole, long offset, long length) throws IOException {
        try (var in = range(whole, offset, length)) {
            return new BodyPart(whole, offset, length, Sha256.of(in));
        }
    }

    @Override
    public InputStream open() throws IOException {
        return range(whole, offset, length);
    }

    private static InputStream range(Body whole, long offset, long length) throws IOException {
        var in = whole.open();
        in.skipNBytes(offset);
        return new BoundedInputStream(in, length);
    }
}
