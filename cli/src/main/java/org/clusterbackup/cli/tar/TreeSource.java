package org.clusterbackup.cli.tar;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.PlainSource;

/**
 * Files and folders as one tar, made by GNU tar with owners, modes, times, links, holes, ACLs and extended attributes, in
 * order of their names: an unchanged tree gives the same bytes. Names are relative to the file system's root.
 */
public final class TreeSource implements PlainSource {
    private static final int CHANGED_WHILE_READ = 1;
    private static final int RECORD_BYTES = 10240;
    private static final int MAX_MESSAGES = 20;
    private static final Path ROOT = Path.of("/");

    private final Process tar;
    private final Counting stream;
    private final Thread listener;
    private final List<String> messages = new ArrayList<>();

    private TreeSource(Process tar) {
        this.tar = tar;
        this.stream = new Counting(tar.getInputStream());
        this.listener = Thread.ofVirtual().start(this::listen);
    }

    /** @throws BackupException {@code USAGE} if a path is not there */
    public static void requireThere(List<Path> paths) throws BackupException {
        for (var path : paths) {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new BackupException(Kind.USAGE, "no such file or folder: " + path);
            }
        }
    }

    /** @throws BackupException {@code USAGE} if a path is not there; {@code SOURCE_INCOMPLETE} if tar cannot run */
    public static TreeSource of(List<Path> paths) throws BackupException {
        var command = new ArrayList<>(List.of(
                "tar",
                "--create",
                "--file=-",
                "--format=posix",
                "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
                "--sort=name",
                "--xattrs",
                "--xattrs-include=*",
                "--acls",
                "--numeric-owner",
                "--sparse",
                "--warning=no-file-ignored",
                "--directory=/"));
        requireThere(paths);
        for (var path : outermost(paths)) {
            // With ./ in front no name is taken for an option.
            command.add("./" + ROOT.relativize(path));
        }
        try {
            var builder = new ProcessBuilder(command);
            builder.environment().put("LC_ALL", "C");
            var process = builder.start();
            process.getOutputStream().close();
            return new TreeSource(process);
        } catch (IOException e) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, "cannot run tar: " + e.getMessage(), e);
        }
    }

    /** In order, and without what lies below another: it would be stored twice. */
    private static List<Path> outermost(List<Path> paths) {
        var all = paths.stream()
                .map(path -> path.toAbsolutePath().normalize())
                .distinct()
                .sorted(Comparator.naturalOrder())
                .toList();
        return all.stream()
                .filter(path -> all.stream().noneMatch(other -> !other.equals(path) && path.startsWith(other)))
                .toList();
    }

    private void listen() {
        try (var lines = new BufferedReader(tar.errorReader(StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                note(line);
            }
        } catch (IOException e) {
            note("tar's messages could not be read: " + e.getMessage());
        }
    }

    private synchronized void note(String line) {
        if (messages.size() < MAX_MESSAGES) {
            messages.add(line);
        } else if (messages.size() == MAX_MESSAGES) {
            messages.add("tar said more than that");
        }
    }

    @Override
    public InputStream stream() {
        return stream;
    }

    /** GNU tar ends with 1 when a file changed while it was read: that is a warning, anything else is a failure. */
    @Override
    public void requireComplete() throws BackupException {
        try {
            var code = tar.waitFor();
            listener.join();
            if (code != 0 && code != CHANGED_WHILE_READ) {
                throw new BackupException(
                        Kind.SOURCE_INCOMPLETE,
                        "tar ended with exit code " + code + ": " + String.join("; ", warnings()));
            }
            if (stream.count == 0 || stream.count % RECORD_BYTES != 0) {
                throw new BackupException(
                        Kind.SOURCE_INCOMPLETE, "tar's archive has no end after " + stream.count + " bytes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.SOURCE_INCOMPLETE, "interrupted", e);
        }
    }

    /** What tar said, for the manifest: files that changed while they were read. */
    public synchronized List<String> warnings() {
        return List.copyOf(messages);
    }

    /** tar's own version. */
    public String version() {
        try {
            var process = new ProcessBuilder("tar", "--version")
                    .redirectErrorStream(true)
                    .start();
            var line = process.inputReader(StandardCharsets.UTF_8).readLine();
            process.destroy();
            return line == null ? "" : line.replaceFirst("^.*\\) ", "");
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        tar.destroyForcibly();
    }

    private static final class Counting extends FilterInputStream {
        private long count;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            var b = in.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            var n = in.read(bytes, offset, length);
            count += Math.max(0, n);
            return n;
        }
    }
}
