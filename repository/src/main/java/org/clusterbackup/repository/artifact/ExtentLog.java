package org.clusterbackup.repository.artifact;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import org.clusterbackup.repository.chunk.Place;

/** The extents of a stream in the making, in its order, in a working file; neighbours are merged. Not thread-safe. */
final class ExtentLog implements AutoCloseable {
    private static final String FILE = "extents";

    private final Spool spool;
    private final DataOutputStream out;
    private int pack = -1;
    private int offset;
    private int length;
    private long count;

    ExtentLog(Spool spool) throws IOException {
        this.spool = spool;
        out = new DataOutputStream(spool.write(FILE));
    }

    void add(Place place) throws IOException {
        if (place.pack() == pack && place.offset() == offset + length) {
            length += place.length();
            return;
        }
        put();
        pack = place.pack();
        offset = place.offset();
        length = place.length();
    }

    private void put() throws IOException {
        if (pack >= 0) {
            out.writeInt(pack);
            out.writeInt(offset);
            out.writeInt(length);
            count++;
        }
    }

    /** Nothing is added afterwards. @return how many extents there are */
    long finish() throws IOException {
        put();
        pack = -1;
        out.flush();
        return count;
    }

    /** What is told of every extent. */
    interface Visitor {
        void extent(Place place) throws IOException;
    }

    void forEach(Visitor visitor) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(spool.file(FILE)), 1 << 16))) {
            for (var i = 0L; i < count; i++) {
                visitor.extent(new Place(in.readInt(), in.readInt(), in.readInt()));
            }
        } catch (EOFException e) {
            throw new IOException("working file " + FILE + " is cut", e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
