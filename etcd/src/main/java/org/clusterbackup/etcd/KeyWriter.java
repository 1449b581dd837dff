package org.clusterbackup.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;

/**
 * Writes keys into a cluster that others use: each is put only where the key is as it was seen a moment before, so that what
 * somebody else writes meanwhile is never lost, and nothing is deleted. Leases are not carried. Keys that are absent go in
 * batches, one transaction each; {@link #finish} writes the last one. For one thread.
 */
public final class KeyWriter {
    /** etcd takes 128 operations, the transaction around them counted with them. */
    private static final int BATCH_KEYS = 100;
    /** etcd takes a request of a MiB and a half; larger values go alone. */
    private static final int BATCH_BYTES = 1 << 20;
    /** Of a put in a batch, beside its value and twice its key. */
    private static final int OVERHEAD_BYTES = 64;
    /** How often a key is looked at that others write all the time. */
    private static final int ATTEMPTS = 10;

    /** What became of a key. */
    public enum Outcome {
        CREATED,
        OVERWRITTEN,
        UNCHANGED,
        REFUSED;

        /** In lower case. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Is told of every key once, after it is durable in the cluster; what it throws ends the writing. */
    public interface Listener {
        /** @param live as it stood there before, if it did */
        void done(KeyValue key, Outcome outcome, Optional<KeyValue> live) throws BackupException;
    }

    private final Member member;
    private final boolean overwrite;
    private final boolean dryRun;
    private final Listener listener;
    private final List<KeyValue> batch = new ArrayList<>();
    private long batchBytes;

    /**
     * @param overwrite whether keys with another value are replaced, or refused
     * @param dryRun whether nothing is written, and only said what would be
     */
    public KeyWriter(Member member, boolean overwrite, boolean dryRun, Listener listener) {
        this.member = member;
        this.overwrite = overwrite;
        this.dryRun = dryRun;
        this.listener = listener;
    }

    /** @throws BackupException {@code TARGET_UNFIT} if the cluster does not take it; {@code UNREACHABLE}; {@code NOT_PERMITTED} */
    public void add(KeyValue key) throws BackupException {
        var bytes = 2L * key.getKey().size() + key.getValue().size() + OVERHEAD_BYTES;
        if (batch.size() == BATCH_KEYS || batchBytes + bytes > BATCH_BYTES) {
            finish();
        }
        batch.add(key);
        batchBytes += bytes;
    }

    /** @throws BackupException as {@link #add} */
    public void finish() throws BackupException {
        if (batch.isEmpty()) {
            return;
        }
        var all = TxnRequest.newBuilder();
        for (var key : batch) {
            all.addSuccess(RequestOp.newBuilder().setRequestTxn(put(key, 0)));
        }
        var answers = member.commit(all.build()).getResponsesList();
        for (var i = 0; i < batch.size(); i++) {
            if (answers.get(i).getResponseTxn().getSucceeded()) {
                listener.done(batch.get(i), Outcome.CREATED, Optional.empty());
            } else {
                settle(batch.get(i));
            }
        }
        batch.clear();
        batchBytes = 0;
    }

    /** A key that was there. */
    private void settle(KeyValue key) throws BackupException {
        var live = live(key.getKey());
        for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (live.isPresent() && live.get().getValue().equals(key.getValue())) {
                listener.done(key, Outcome.UNCHANGED, live);
                return;
            }
            if (live.isPresent() && !overwrite) {
                break;
            }
            var seen = live.map(KeyValue::getModRevision).orElse(0L);
            if (member.commit(put(key, seen)).getSucceeded()) {
                listener.done(key, live.isPresent() ? Outcome.OVERWRITTEN : Outcome.CREATED, live);
                return;
            }
            live = live(key.getKey());
        }
        listener.done(key, Outcome.REFUSED, live);
    }

    private Optional<KeyValue> live(ByteString key) throws BackupException {
        return member.range(RangeRequest.newBuilder().setKey(key).build()).getKvsList().stream()
                .findFirst();
    }

    /** Succeeds if the key was last written at {@code revision}; 0 is absent. */
    private TxnRequest put(KeyValue key, long revision) {
        var txn = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(key.getKey())
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setModRevision(revision));
        if (!dryRun) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestPut(PutRequest.newBuilder().setKey(key.getKey()).setValue(key.getValue())));
        }
        return txn.build();
    }
}
