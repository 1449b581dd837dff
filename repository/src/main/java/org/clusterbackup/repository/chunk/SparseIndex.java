package org.clusterbackup.repository.chunk;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The chunks of one stream, in its order, in a file; and a lookup of ids in memory that does not grow with it, because
 * duplicates come in runs: a sample of the ids leads to segments of 1,024 records, of which the 32 used last are held
 * (sparse indexing, Lillibridge et al., FAST '09). So an id that is here may not be found; one that is found is here.
 * The file has the form of {@code index} in {@code docs/format.md}. Not thread-safe.
 */
public final class SparseIndex implements AutoCloseable {
    /** What the file begins with. */
    public static final int HEADER = 24;

    private static final String MAGIC = "clusterbackup index 1\n";
    private static final int CACHED = 32;
    /** So close to a segment's end a hit fetches the next one: runs go on across segments. */
    private static final int NEAR_END = 128;

    private final FileChannel file;
    private final SampleTable samples = new SampleTable();
    /** The one used last comes first. */
    private final Deque<IndexSegment> cached = new ArrayDeque<>();

    private IndexSegment tail;

    private SparseIndex(FileChannel file, int segments) {
        this.file = file;
        tail = new IndexSegment(segments);
    }

    /** What is told of every record when an index is opened. */
    public interface Visitor {
        void record(Place place);
    }

    /** An empty index in a new file. */
    public static SparseIndex create(Path path) throws IOException {
        var file = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        write(file, ByteBuffer.wrap(header()), 0);
        return new SparseIndex(file, 0);
    }

    /**
     * An index that was written before; it takes no more records.
     *
     * @throws IOException also if the file has not the form of an index
     */
    public static SparseIndex open(Path path, Visitor visitor) throws IOException {
        var file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            var records = file.size() - HEADER;
            if (records < 0
                    || records % IndexSegment.RECORD != 0
                    || !read(file, 0, HEADER).equals(ByteBuffer.wrap(header()))) {
                throw new IOException("not an index: " + path);
            }
            var segments = Math.ceilDiv(records, (long) IndexSegment.RECORD * IndexSegment.RECORDS);
            var index = new SparseIndex(file, Math.toIntExact(segments));
            for (var i = 0; i < segments; i++) {
                index.sample(index.load(i), visitor);
            }
            return index;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The 24 bytes that an index begins with. */
    public static byte[] header() {
        var header = new byte[HEADER];
        var magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, header, 0, magic.length);
        return header;
    }

    private void sample(IndexSegment segment, Visitor visitor) {
        for (var i = 0; i < segment.count(); i++) {
            samples.put(segment.id(i).low(), segment.number());
            visitor.record(segment.place(i));
        }
    }

    public void append(ChunkId id, Place place) throws IOException {
        tail.add(id, place);
        samples.put(id.low(), tail.number());
        if (tail.full()) {
            write(file, tail.bytes(), position(tail.number()));
            remember(tail);
            tail = new IndexSegment(tail.number() + 1);
        }
    }

    /** How many records there are. */
    public long size() {
        return (long) tail.number() * IndexSegment.RECORDS + tail.count();
    }

    /**
     * Looks up the sampled ones among {@code ids} beforehand, so that the others beside them are found: to be called
     * with each batch of the stream before {@link #find} of its chunks.
     */
    public void expect(List<ChunkId> ids) throws IOException {
        if (samples.exact()) {
            return;
        }
        for (var id : ids) {
            if (samples.samples(id.low()) && held(id).isEmpty()) {
                var segment = samples.get(id.low());
                if (segment != SampleTable.ABSENT) {
                    fetch(segment);
                }
            }
        }
    }

    /** Where the chunk lies, if that is known. */
    public Optional<Place> find(ChunkId id) throws IOException {
        if (samples.exact() && samples.get(id.low()) == SampleTable.ABSENT) {
            return Optional.empty();
        }
        var held = held(id);
        if (held.isPresent()) {
            return held;
        }
        var segment = samples.samples(id.low()) ? samples.get(id.low()) : SampleTable.ABSENT;
        if (segment == SampleTable.ABSENT || segment == tail.number()) {
            return Optional.empty();
        }
        var found = fetch(segment);
        var record = found.find(id);
        return record < 0 ? Optional.empty() : Optional.of(found.place(record));
    }

    private Optional<Place> held(ChunkId id) throws IOException {
        var record = tail.find(id);
        if (record >= 0) {
            return Optional.of(tail.place(record));
        }
        for (var segment : cached) {
            record = segment.find(id);
            if (record >= 0) {
                use(segment, record);
                return Optional.of(segment.place(record));
            }
        }
        return Optional.empty();
    }

    private void use(IndexSegment segment, int record) throws IOException {
        if (cached.getFirst() != segment) {
            cached.remove(segment);
            cached.addFirst(segment);
        }
        var next = segment.number() + 1;
        if (record >= segment.count() - NEAR_END
                && next < tail.number()
                && cached.stream().noneMatch(other -> other.number() == next)) {
            fetch(next);
        }
    }

    private IndexSegment fetch(int number) throws IOException {
        for (var segment : cached) {
            if (segment.number() == number) {
                return segment;
            }
        }
        var segment = load(number);
        remember(segment);
        return segment;
    }

    private IndexSegment load(int number) throws IOException {
        return IndexSegment.of(number, read(file, position(number), IndexSegment.RECORD * IndexSegment.RECORDS));
    }

    private void remember(IndexSegment segment) {
        cached.addFirst(segment);
        if (cached.size() > CACHED) {
            cached.removeLast();
        }
    }

    /** What copies an index while it changes the places. */
    public interface Translation {
        Place translate(Place place);
    }

    /** Hands every record, as a file holds it with its place translated, to {@code sink}, after the header. */
    public void copyTo(OutputStream sink, Translation translation) throws IOException {
        sink.write(header());
        var out = ByteBuffer.allocate(IndexSegment.RECORD * IndexSegment.RECORDS);
        for (var number = 0; number <= tail.number(); number++) {
            var segment = number == tail.number() ? tail : load(number);
            for (var i = 0; i < segment.count(); i++) {
                IndexSegment.put(out, i * IndexSegment.RECORD, segment.id(i), translation.translate(segment.place(i)));
            }
            sink.write(out.array(), 0, segment.count() * IndexSegment.RECORD);
        }
    }

    private static long position(int segment) {
        return HEADER + (long) segment * IndexSegment.RECORD * IndexSegment.RECORDS;
    }

    private static ByteBuffer read(FileChannel file, long position, int length) throws IOException {
        var buffer = ByteBuffer.allocate((int) Math.min(length, Math.max(0, file.size() - position)));
        while (buffer.hasRemaining() && file.read(buffer, position + buffer.position()) >= 0) {
            // a read may give less than was asked
        }
        return buffer.flip();
    }

    private static void write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
        var at = position;
        while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
        }
    }

    /** Leaves the file. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
