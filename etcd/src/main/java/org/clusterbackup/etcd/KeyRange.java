package org.clusterbackup.etcd;

import com.google.protobuf.ByteString;
import java.util.Arrays;

/**
 * Keys from {@code first} to before {@code end}, in the order of their bytes, as etcd's requests have it.
 *
 * @param end empty for the one key {@code first}; one zero byte for all to the last
 */
public record KeyRange(ByteString first, ByteString end) {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    public static KeyRange of(byte[] key) {
        return new KeyRange(ByteString.copyFrom(key), ByteString.EMPTY);
    }

    /** All keys that begin so; all keys for an empty prefix. */
    public static KeyRange prefix(byte[] prefix) {
        return new KeyRange(prefix.length == 0 ? ZERO : ByteString.copyFrom(prefix), after(prefix));
    }

    /** The least key that is greater than all with this prefix. */
    private static ByteString after(byte[] prefix) {
        for (var i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xff) {
                var next = Arrays.copyOf(prefix, i + 1);
                next[i]++;
                return ByteString.copyFrom(next);
            }
        }
        return ZERO;
    }

    /** What is left of it behind {@code key}. */
    KeyRange behind(ByteString key) {
        return new KeyRange(key.concat(ZERO), end);
    }
}
