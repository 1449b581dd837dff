package org.clusterbackup.repository.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
    private static final AgeKeys KEYS = AgeKeys.generate();
    private static final int LEVEL = 1;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_000})
    void aPackComesBack(int length) throws BackupException {
        var plain = random(length);

        var pack = pack(Envelope.to(KEYS.recipients()), plain);

        assertThat(open(Envelope.openedBy(KEYS.identity()), pack)).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 1_000_000})
    void aPackOfAnUnsealedRepositoryComesBack(int length) throws BackupException {
        var plain = random(length);

        assertThat(open(Envelope.unsealed(), pack(Envelope.unsealed(), plain))).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 1_000_000})
    void aStreamComesBack(int length) throws Exception {
        var plain = random(length);

        var sealed = stream(Envelope.to(KEYS.recipients()), plain);

        assertThat(read(Envelope.openedBy(KEYS.identity()), sealed)).isEqualTo(plain);
    }

    @Test
    void packsAndStreamsHaveOneForm() throws Exception {
        var plain = random(300_000);

        assertThat(read(Envelope.openedBy(KEYS.identity()), pack(Envelope.to(KEYS.recipients()), plain)))
                .isEqualTo(plain);
    }

    @Test
    void everyRecipientOpensIt() throws BackupException {
        var other = AgeKeys.generate();
        var both = Recipients.of("test", List.of(KEYS.recipient(), other.recipient()));

        var pack = pack(Envelope.to(both), random(10));

        assertThat(open(Envelope.openedBy(other.identity()), pack))
                .isEqualTo(open(Envelope.openedBy(KEYS.identity()), pack));
    }

    @Test
    void anotherIdentityDoesNotFit() throws BackupException {
        var pack = pack(Envelope.to(KEYS.recipients()), random(10));
        var stranger = Envelope.openedBy(AgeKeys.generate().identity());

        assertThatThrownBy(() -> open(stranger, pack))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_KEY));
    }

    @Test
    void everyFlippedByteOfAPackIsFound() throws BackupException {
        var plain = random(500);
        var pack = pack(Envelope.to(KEYS.recipients()), plain);
        var reader = Envelope.openedBy(KEYS.identity());

        for (var i = 0; i < pack.length; i++) {
            var bad = pack.clone();
            bad[i] ^= 1;
            assertThatThrownBy(() -> open(reader, bad)).as("byte %d", i).isInstanceOf(BackupException.class);
        }
    }

    @Test
    void everyCutStreamIsFound() throws Exception {
        var sealed = stream(Envelope.to(KEYS.recipients()), random(70_000));
        var reader = Envelope.openedBy(KEYS.identity());

        for (var length = 0; length < sealed.length; length += length < 400 ? 1 : 997) {
            var cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> read(reader, cut)).as("cut at %d", length).isInstanceOf(Exception.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStreamThatIsClosedUnfinishedIsNoWholeObject(boolean sealing) throws Exception {
        var writer = sealing ? Envelope.to(KEYS.recipients()) : Envelope.unsealed();
        var reader = sealing ? Envelope.openedBy(KEYS.identity()) : Envelope.unsealed();
        var bytes = new ByteArrayOutputStream();

        try (var out = writer.output(bytes, LEVEL)) {
            out.write(random(200_000));
        }

        assertThatThrownBy(() -> read(reader, bytes.toByteArray())).isInstanceOf(IOException.class);
    }

    @Test
    void bothProvidersMakeTheSameBytes() throws Exception {
        var key = Aead.key(new byte[32]);
        var plain = random(1000);
        var one = new byte[1016];
        var other = new byte[1016];

        Aead.fastest().seal(key, 258, true, plain, 0, plain.length, one);
        Aead.portable().seal(key, 258, true, plain, 0, plain.length, other);

        assertThat(one).isEqualTo(other);
    }

    @Test
    void aBadIdentityLineIsNotQuoted() {
        assertThatThrownBy(() -> Identity.parse("identity.txt", "AGE-SECRET-KEY-1SECRET"))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_KEY))
                .hasMessageNotContaining("SECRET");
    }

    @Test
    void aFileOfCommentsNamesNoRecipient() {
        assertThatThrownBy(() -> Recipients.parse("recipients.txt", "# nobody\n\n"))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_KEY));
    }

    private static byte[] pack(Envelope envelope, byte[] plain) throws BackupException {
        try (var sealer = envelope.sealer(LEVEL)) {
            sealer.compress(plain, plain.length);
            assertThat(Arrays.copyOf(sealer.decompressed(), plain.length)).isEqualTo(plain);
            return sealer.seal().open().readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] open(Envelope envelope, byte[] stored) throws BackupException {
        try (var opener = envelope.opener()) {
            return opener.open("packs/test", stored, stored.length);
        }
    }

    private static byte[] stream(Envelope envelope, byte[] plain) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = envelope.output(bytes, LEVEL)) {
            out.write(plain);
            out.finish();
        }
        return bytes.toByteArray();
    }

    private static byte[] read(Envelope envelope, byte[] sealed) throws Exception {
        try (var in = envelope.input("contents", new ByteArrayInputStream(sealed))) {
            return in.readAllBytes();
        }
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        Arrays.fill(bytes, 0, length / 2, (byte) 7);
        return bytes;
    }
}
