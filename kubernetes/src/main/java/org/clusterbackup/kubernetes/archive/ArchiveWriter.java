package org.clusterbackup.kubernetes.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Makes the bytes of a tar, member by member: equal members give equal bytes. */
public final class ArchiveWriter {
    private static final int MODE = 0100600;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name());

    public ArchiveWriter() {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    /** The next bytes of the tar: those of this member. */
    public byte[] member(String path, Instant modified, byte[] content) {
        try {
            var entry = new TarArchiveEntry(path);
            entry.setSize(content.length);
            entry.setMode(MODE);
            entry.setIds(0, 0);
            entry.setModTime(Date.from(modified));
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
            return taken();
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
    }

    /** The tar's last bytes. */
    public byte[] end() {
        try {
            tar.finish();
            return taken();
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
    }

    private byte[] taken() throws IOException {
        tar.flush();
        var made = bytes.toByteArray();
        bytes.reset();
        return made;
    }
}
