package org.clusterbackup.cli.dump;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A stream of xfsdump that is made by hand, as far as the names go. */
public final class MadeDump {
    public static final int FOLDER = 0x41ED;
    public static final int FILE = 0x81A4;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    public MadeDump header(int format, long root, long hunks) throws IOException {
        out.writeBytes("xFSdump0");
        out.writeInt(format);
        out.write(new byte[3928 - 12]);
        out.writeLong(root);
        out.write(new byte[4016 - 3936]);
        out.writeLong(hunks);
        out.write(new byte[4096 - 4024]);
        out.write(new byte[(int) Math.min(4, Math.max(0, hunks)) * 16384]);
        return this;
    }

    public MadeDump file(int flags, long inode, int mode) throws IOException {
        out.writeLong(0);
        out.writeInt(flags);
        out.writeInt(0);
        out.writeLong(inode);
        out.writeInt(mode);
        out.write(new byte[256 - 28]);
        return this;
    }

    public MadeDump entry(long inode, String name) throws IOException {
        var raw = name.getBytes(StandardCharsets.ISO_8859_1);
        var size = inode == 0 ? 24 : (18 + raw.length + 1 + 7) / 8 * 8;
        out.writeLong(inode);
        out.writeLong(0);
        out.writeShort(size);
        out.write(Arrays.copyOf(raw, size - 18));
        return this;
    }

    public MadeDump folder(long inode, Object... entries) throws IOException {
        file(0, inode, FOLDER);
        for (var i = 0; i < entries.length; i += 2) {
            entry((Integer) entries[i], (String) entries[i + 1]);
        }
        return entry(0, "");
    }

    public MadeDump attribute(int size, int flags) throws IOException {
        out.writeInt(size);
        out.writeShort(16);
        out.writeShort(flags);
        out.writeLong(0);
        out.write(new byte[Math.max(0, Math.min(size, 100) - 16)]);
        return this;
    }

    InputStream dump() {
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    MadeDump clear() {
        bytes.reset();
        return this;
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }

    void raw(byte[] more) throws IOException {
        out.write(more);
    }
}
