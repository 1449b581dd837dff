package org.clusterbackup.repository.crypto;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.SecretKey;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** The plain bytes of an age file as a stream; a cut or changed file is an IOException, never an end. */
final class AgeInput extends InputStream {
    private static final int MAX_HEADER = 1 << 20;
    private static final int NONCE = 16;
    private static final String LAST_LINE = "--- ";

    private final String name;
    private final PushbackInputStream source;
    private final Aead aead = Aead.fastest();
    private final SecretKey key;
    private final byte[] sealed = new byte[Aead.SEALED_PIECE];
    private final byte[] plain = new byte[Aead.SEALED_PIECE];
    private int at;
    private int end;
    private long counter;
    private boolean ended;

    /**
     * @param source closed with this
     * @throws BackupException {@code NO_KEY} if no identity fits, {@code DAMAGED} if it is no age header
     */
    AgeInput(String name, InputStream source, Identity identity) throws BackupException, IOException {
        this.name = name;
        this.source = new PushbackInputStream(source, 1);
        key = AgeFile.begin(identity, header(), name);
    }

    private ByteBuffer header() throws BackupException, IOException {
        var bytes = new ByteArrayOutputStream();
        for (var line = line(); ; line = line()) {
            bytes.write(line);
            if (new String(line, StandardCharsets.ISO_8859_1).startsWith(LAST_LINE)) {
                break;
            }
            if (line.length == 0 || bytes.size() > MAX_HEADER) {
                throw new BackupException(Kind.DAMAGED, name + " does not begin with an age header");
            }
        }
        bytes.write(source.readNBytes(NONCE));
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    /** With its line feed; empty at the end. */
    private byte[] line() throws IOException {
        var line = new ByteArrayOutputStream();
        while (line.size() < MAX_HEADER) {
            var b = source.read();
            if (b < 0) {
                break;
            }
            line.write(b);
            if (b == '\n') {
                break;
            }
        }
        return line.toByteArray();
    }

    @Override
    public int read() throws IOException {
        return fill() ? plain[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        var n = Math.min(length, end - at);
        System.arraycopy(plain, at, bytes, offset, n);
        at += n;
        return n;
    }

    /** @return whether there is a plain byte */
    private boolean fill() throws IOException {
        while (at == end) {
            if (ended) {
                return false;
            }
            var n = source.readNBytes(sealed, 0, sealed.length);
            var next = n == sealed.length ? source.read() : -1;
            if (next >= 0) {
                source.unread(next);
            }
            if (n < Aead.TAG || (n == Aead.TAG && counter > 0)) {
                throw new IOException(name + " is cut");
            }
            ended = next < 0;
            try {
                end = aead.open(key, counter++, ended, sealed, 0, n, plain);
                at = 0;
            } catch (GeneralSecurityException e) {
                throw new IOException(name + " is not what was sealed", e);
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
