package org.clusterbackup.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import java.util.Random;
import org.clusterbackup.repository.BackupException;

/** Writes keys, many of them over one connection. */
public final class TestKeys {
    private TestKeys() {}

    /** Puts {@code count} values of random bytes; etcd takes a MiB and a half at most. */
    public static void put(Endpoint endpoint, Access access, String prefix, int count, int bytes)
            throws BackupException {
        var random = new Random(count);
        try (var member = Member.open(endpoint, access)) {
            var keys = KVGrpc.newBlockingStub(member.channel());
            for (var i = 0; i < count; i++) {
                var value = new byte[bytes];
                random.nextBytes(value);
                var _ = keys.put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(prefix + i))
                        .setValue(ByteString.copyFrom(value))
                        .build());
            }
        }
    }

    /** Puts one key. */
    public static void put(Endpoint endpoint, Access access, byte[] key, byte[] value) throws BackupException {
        try (var member = Member.open(endpoint, access)) {
            var _ = KVGrpc.newBlockingStub(member.channel())
                    .put(PutRequest.newBuilder()
                            .setKey(ByteString.copyFrom(key))
                            .setValue(ByteString.copyFrom(value))
                            .build());
        }
    }
}
