package org.clusterbackup.etcd;

import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Status;
import java.io.IOException;
import org.clusterbackup.repository.BackupException;

/**
 * The keys of a range as they were at one revision, read in pages: however many they are, about {@value #PAGE_BYTES} bytes of
 * them are in memory, or one value if that is larger.
 *
 * @param revision 0 is the newest, of each page anew
 */
public record KeysAt(Member member, KeyRange range, long revision) {
    private static final int PAGE_BYTES = 4 << 20;
    private static final int FIRST_KEYS = 32;
    private static final int MOST_KEYS = 4096;

    /** Takes keys in the order of their bytes. */
    public interface Taker {
        void take(KeyValue key) throws BackupException, IOException;
    }

    /** @throws BackupException {@code FAILED} also if etcd no longer has that revision */
    public long count() throws BackupException {
        return member.range(request(range).setCountOnly(true).build()).getCount();
    }

    /** Each key with its value. */
    public void each(Taker taker) throws BackupException, IOException {
        each(false, taker);
    }

    /** Each key with an empty value. */
    public void eachWithoutValue(Taker taker) throws BackupException, IOException {
        each(true, taker);
    }

    private void each(boolean keysOnly, Taker taker) throws BackupException, IOException {
        var keys = FIRST_KEYS;
        var left = range;
        while (true) {
            RangeResponse page;
            try {
                page = member.range(
                        request(left).setKeysOnly(keysOnly).setLimit(keys).build());
            } catch (BackupException e) {
                if (keys > 1 && EtcdFailures.is(Status.Code.RESOURCE_EXHAUSTED, e)) {
                    // More than this connection takes at once.
                    keys /= 2;
                    continue;
                }
                throw e;
            }
            for (var key : page.getKvsList()) {
                taker.take(key);
            }
            if (!page.getMore()) {
                return;
            }
            left = left.behind(page.getKvs(page.getKvsCount() - 1).getKey());
            // Values differ in size: the next page is measured by this one.
            keys = page.getSerializedSize() < PAGE_BYTES / 2
                    ? Math.min(2 * keys, MOST_KEYS)
                    : page.getSerializedSize() > PAGE_BYTES ? Math.max(keys / 2, 1) : keys;
        }
    }

    private RangeRequest.Builder request(KeyRange of) {
        return RangeRequest.newBuilder()
                .setKey(of.first())
                .setRangeEnd(of.end())
                .setRevision(revision);
    }
}
