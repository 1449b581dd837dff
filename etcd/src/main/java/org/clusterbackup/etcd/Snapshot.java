package org.clusterbackup.etcd;

import io.etcd.jetcd.api.SnapshotResponse;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.PlainSource;
import org.jspecify.annotations.Nullable;

/** A snapshot on its way, pulled from the member as it is read. For one reader; {@link #cancel} is for any thread. */
public final class Snapshot implements PlainSource {
    private final Member member;
    private final Supplier<Iterator<SnapshotResponse>> start;
    private final Context.CancellableContext context = Context.ROOT.withCancellation();
    private final SnapshotProof proof = new SnapshotProof();
    private final Pulled stream = new Pulled();
    private volatile long announced = -1;
    private volatile boolean ended;
    private @Nullable BackupException failure;

    Snapshot(Member member, Supplier<Iterator<SnapshotResponse>> start) {
        this.member = member;
        this.start = start;
    }

    @Override
    public InputStream stream() {
        return stream;
    }

    /** How long it will be, once the member has said so. */
    public OptionalLong estimate() {
        return announced < 0 ? OptionalLong.empty() : OptionalLong.of(announced);
    }

    @Override
    public void requireComplete() throws BackupException {
        if (failure != null) {
            throw failure;
        }
        if (!ended) {
            throw new BackupException(
                    Kind.SOURCE_INCOMPLETE,
                    "the snapshot of etcd at " + member.endpoint() + " was not read to its end");
        }
        proof.require();
    }

    /** Ends it soon; it cannot become complete any more. */
    public void cancel() {
        context.cancel(null);
    }

    @Override
    public void close() {
        context.cancel(null);
        member.close();
    }

    private final class Pulled extends InputStream {
        private @Nullable Iterator<SnapshotResponse> messages;
        private byte[] current = {};
        private int position;

        @Override
        public int read() {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            while (position == current.length) {
                if (!next()) {
                    return -1;
                }
            }
            var count = Math.min(length, current.length - position);
            System.arraycopy(current, position, bytes, offset, count);
            position += count;
            return count;
        }

        private boolean next() {
            if (ended || failure != null) {
                return false;
            }
            var before = context.attach();
            try {
                var from = messages == null ? start.get() : messages;
                messages = from;
                if (!from.hasNext()) {
                    ended = true;
                    return false;
                }
                var message = from.next();
                current = message.getBlob().toByteArray();
                position = 0;
                proof.add(current, 0, current.length);
                if (announced < 0) {
                    announced = current.length + message.getRemainingBytes();
                }
                return true;
            } catch (StatusRuntimeException e) {
                // The end of a stream proves nothing: requireComplete says why it came.
                failure = broken(e);
                return false;
            } finally {
                context.detach(before);
            }
        }

        /** What breaks after the first byte is incomplete, whatever broke it: another member may give it whole. */
        private BackupException broken(StatusRuntimeException e) {
            var said = EtcdFailures.of(member.endpoint(), e);
            return proof.length() == 0
                    ? said
                    : new BackupException(
                            Kind.SOURCE_INCOMPLETE,
                            "the snapshot broke off after " + proof.length() + " bytes: " + said.getMessage(),
                            e);
        }
    }
}
