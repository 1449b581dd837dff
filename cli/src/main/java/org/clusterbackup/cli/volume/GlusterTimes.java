package org.clusterbackup.cli.volume;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.cli.text.ByteText;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The times that a mount shows: Gluster keeps them, to the nanosecond, in an attribute of each file of a brick. Those of the
 * brick's own file system are each server's, and xfsdump keeps seconds of them.
 */
final class GlusterTimes {
    private static final String ATTRIBUTE = "trusted.glusterfs.mdata";
    private static final String FILE = "# file: ";
    private static final String VALUE = ATTRIBUTE + "=0x";

    /** A version, flags, then seconds and nanoseconds of change, modification and access, all big-endian. */
    private static final int BYTES = 1 + 7 * Long.BYTES;

    private static final int MODIFIED_AT = 1 + 3 * Long.BYTES;
    private static final int OCTAL = 8;

    private GlusterTimes() {}

    /**
     * Gives files and folders below {@code brick} the modification times that the mount showed, where Gluster kept them. A
     * folder is in each replica set, and the mount shows the last of its times.
     *
     * @param others what was copied of other sets already
     */
    static void restore(Path brick, Path others) throws BackupException, IOException, InterruptedException {
        var times = read(brick);
        Files.walkFileTree(brick, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    set(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                if (!folder.equals(brick)) {
                    set(folder);
                    var other = others.resolve(brick.relativize(folder));
                    if (Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS) && isNewer(other, folder)) {
                        Files.setLastModifiedTime(folder, Files.getLastModifiedTime(other));
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            private boolean isNewer(Path one, Path other) throws IOException {
                return Files.getLastModifiedTime(one).compareTo(Files.getLastModifiedTime(other)) > 0;
            }

            private void set(Path path) throws IOException {
                var time = times.get(ByteText.raw(brick.relativize(path)));
                if (time != null) {
                    Files.setLastModifiedTime(path, FileTime.from(time));
                }
            }
        });
    }

    private static Map<String, Instant> read(Path brick) throws BackupException, IOException, InterruptedException {
        var builder = new ProcessBuilder("getfattr", "-R", "-P", "-h", "-e", "hex", "-n", ATTRIBUTE, ".");
        builder.directory(brick.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        try {
            var process = builder.start();
            var times = new HashMap<String, Instant>();
            try (var lines = new BufferedReader(process.inputReader(StandardCharsets.ISO_8859_1))) {
                var name = "";
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith(FILE)) {
                        name = unescape(line.substring(FILE.length()));
                    } else if (line.startsWith(VALUE)) {
                        var file = name;
                        modified(line.substring(VALUE.length())).ifPresent(time -> times.put(file, time));
                    }
                }
            }
            // Its exit code only tells that some file has no such attribute.
            process.waitFor();
            return times;
        } catch (IOException e) {
            throw new BackupException(Kind.TARGET_UNFIT, "cannot run getfattr: " + e.getMessage(), e)
                    .withHint("install attr");
        }
    }

    /** Empty for what is no such attribute of the version that is known. */
    static Optional<Instant> modified(String hex) {
        if (hex.length() != 2 * BYTES || !hex.startsWith("01")) {
            return Optional.empty();
        }
        var bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        return Optional.of(Instant.ofEpochSecond(bytes.getLong(MODIFIED_AT), bytes.getLong(MODIFIED_AT + Long.BYTES)));
    }

    /** getfattr writes line breaks and backslashes as three octal digits. */
    private static String unescape(String text) {
        var name = new StringBuilder();
        for (var at = 0; at < text.length(); at++) {
            if (text.charAt(at) == '\\' && at + 3 < text.length()) {
                name.append((char) Integer.parseInt(text, at + 1, at + 4, OCTAL));
                at += 3;
            } else {
                name.append(text.charAt(at));
            }
        }
        return name.toString();
    }
}
