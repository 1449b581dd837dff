package org.clusterbackup.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotProofTest {
    private static final byte[] WHOLE = snapshot(3 * 512);

    private static byte[] snapshot(int length) {
        var bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        var digest = Sha256.newDigest();
        digest.update(bytes);
        var whole = Arrays.copyOf(bytes, length + 32);
        System.arraycopy(digest.digest(), 0, whole, length, 32);
        return whole;
    }

    private static void prove(byte[] bytes, int step) throws BackupException {
        var proof = new SnapshotProof();
        for (var at = 0; at < bytes.length; at += step) {
            proof.add(bytes, at, Math.min(step, bytes.length - at));
        }
        proof.require();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 31, 32, 33, 100, 512, 5000})
    void wholeSnapshotIsProvedInWhateverPiecesItComes(int step) {
        assertThatCode(() -> prove(WHOLE, step)).doesNotThrowAnyException();
    }

    @Test
    void snapshotCutAtAnyLengthIsNone() {
        for (var length = 0; length < WHOLE.length; length++) {
            var cut = Arrays.copyOf(WHOLE, length);
            assertThatThrownBy(() -> prove(cut, 100))
                    .as("length %d", length)
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_INCOMPLETE));
        }
    }

    @Test
    void snapshotWithAnyByteFlippedIsNone() {
        for (var at = 0; at < WHOLE.length; at++) {
            var flipped = WHOLE.clone();
            flipped[at] ^= 1;
            assertThatThrownBy(() -> prove(flipped, 100)).as("byte %d", at).hasMessageContaining("SHA-256");
        }
    }

    @Test
    void moreThanASnapshotIsNone() {
        assertThatThrownBy(() -> prove(Arrays.copyOf(WHOLE, WHOLE.length + 512), 100))
                .hasMessageContaining("SHA-256");
    }
}
