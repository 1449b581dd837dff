package org.clusterbackup.repository.chunk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Up to 1,024 neighbouring records of an index, with a small table to find an id among them. Not thread-safe. */
final class IndexSegment {
    static final int RECORD = 28;
    static final int RECORDS = 1 << 10;

    private static final int SLOTS = RECORDS * 4;

    private final ByteBuffer records = ByteBuffer.allocate(RECORD * RECORDS);
    private final short[] table = new short[SLOTS];
    private final int number;
    private int count;

    IndexSegment(int number) {
        this.number = number;
    }

    /** @param bytes whole records, from its position to its limit */
    static IndexSegment of(int number, ByteBuffer bytes) {
        var segment = new IndexSegment(number);
        segment.records.put(0, bytes, bytes.position(), bytes.remaining());
        var count = bytes.remaining() / RECORD;
        while (segment.count < count) {
            segment.enter(segment.low(segment.count));
        }
        return segment;
    }

    int number() {
        return number;
    }

    int count() {
        return count;
    }

    boolean full() {
        return count == RECORDS;
    }

    void add(ChunkId id, Place place) {
        put(records, count * RECORD, id, place);
        enter(id.low());
    }

    static void put(ByteBuffer target, int at, ChunkId id, Place place) {
        target.order(ByteOrder.BIG_ENDIAN).putLong(at, id.high()).putLong(at + 8, id.low());
        target.order(ByteOrder.LITTLE_ENDIAN)
                .putInt(at + 16, place.length())
                .putInt(at + 20, place.pack())
                .putInt(at + 24, place.offset());
    }

    private void enter(long low) {
        var slot = slot(low);
        while (table[slot] != 0) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        table[slot] = (short) (count + 1);
        count++;
    }

    /** @return the record's place in this segment, or -1 */
    int find(ChunkId id) {
        for (var slot = slot(id.low()); table[slot] != 0; slot = (slot + 1) & (SLOTS - 1)) {
            var record = table[slot] - 1;
            if (low(record) == id.low() && high(record) == id.high()) {
                return record;
            }
        }
        return -1;
    }

    ChunkId id(int record) {
        return new ChunkId(high(record), low(record));
    }

    Place place(int record) {
        var at = record * RECORD;
        records.order(ByteOrder.LITTLE_ENDIAN);
        return new Place(records.getInt(at + 20), records.getInt(at + 24), records.getInt(at + 16));
    }

    /** The records as a file holds them. */
    ByteBuffer bytes() {
        return records.duplicate().clear().limit(count * RECORD);
    }

    private long high(int record) {
        return records.order(ByteOrder.BIG_ENDIAN).getLong(record * RECORD);
    }

    private long low(int record) {
        return records.order(ByteOrder.BIG_ENDIAN).getLong(record * RECORD + 8);
    }

    /** By middle bits: a sampled id's lowest are zero. */
    private static int slot(long low) {
        return (int) (low >>> 20) & (SLOTS - 1);
    }
}
