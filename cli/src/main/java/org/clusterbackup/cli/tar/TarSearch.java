package org.clusterbackup.cli.tar;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;

/**
 * Where an archive goes on behind what is lost of it: at the next block that is a header. A header whose records may be lost
 * is none to go on with: the member may have another name, or parts. What this cannot tell: where the beginning of a file that
 * is itself an archive is lost, the headers in it are headers, too.
 */
final class TarSearch {
    enum Found {
        /** No header. */
        NOTHING,
        /** One whose records may be lost. */
        DOUBTFUL,
        /** The archive goes on here. */
        MEMBER
    }

    /** Types of headers that tell more of the member that comes after them. */
    private static final String BEFORE_MEMBERS = "xgLK";

    /** How the records of an extended header end. */
    private static final Pattern RECORD = Pattern.compile("\\d+ [^=\\n]+=[^\\n]*");

    private boolean first = true;
    private boolean afterMember;
    private byte[] before = new byte[0];

    /** The doubtful member was passed: what follows is no part of it. */
    void passed() {
        afterMember = true;
    }

    /** @param block the next one, no byte of it lost */
    Found look(byte[] block) {
        var found = judge(block);
        first = false;
        afterMember = false;
        before = block.clone();
        return found;
    }

    private Found judge(byte[] block) {
        if (!isHeader(block)) {
            return Found.NOTHING;
        }
        var type = TarHeaders.type(block);
        if (afterMember || type == 'x' || type == 'g') {
            return Found.MEMBER;
        }
        if (type == 'L' || type == 'K') {
            return Found.NOTHING;
        }
        return TarHeaders.isPosix(block) && !first && !endsRecords() ? Found.MEMBER : Found.DOUBTFUL;
    }

    private static boolean isHeader(byte[] block) {
        try {
            TarHeaders.requireChecksum(block);
            if (BEFORE_MEMBERS.indexOf(TarHeaders.type(block)) < 0) {
                var _ = new TarHeaders().entry(block);
            }
            return TarHeaders.hasMagic(block);
        } catch (BackupException e) {
            return false;
        }
    }

    /** Also where a record is longer than a block, and none can be told. */
    private boolean endsRecords() {
        var text = new String(before, StandardCharsets.ISO_8859_1).replaceAll("\\x00+$", "");
        if (!text.endsWith("\n")) {
            return false;
        }
        var start = text.lastIndexOf('\n', text.length() - 2);
        return start < 0
                || RECORD.matcher(text.substring(start + 1, text.length() - 1)).matches();
    }
}
