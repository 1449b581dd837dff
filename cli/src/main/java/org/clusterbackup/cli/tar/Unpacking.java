package org.clusterbackup.cli.tar;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A tree on its way into a {@link Destination}: the archive is written to {@link #sink}, what is harmless and wanted goes on
 * to GNU tar. {@link #finish} proves the end; closing without it kills tar.
 */
public final class Unpacking implements AutoCloseable {
    /** What is told while it goes on. */
    public interface Listener {
        /** A member that is restored, or would be. */
        void taken(String name);

        /** A member that is left out, by name, and why. */
        void refused(String name, String reason);

        /** What tar itself says. */
        void said(String line);

        /** A member that is restored with zeros in the place of bytes that are lost. */
        default void damaged(String name) {}

        /** A member that is lost, as far as its name is known. */
        default void missing(String name) {}

        /** So many bytes are lost with all names in them, behind that member; empty for the archive's beginning. */
        default void gap(String after, long bytes) {}
    }

    private final Destination destination;
    private final Selection selection;
    private final boolean devices;
    private final Listener listener;
    private final @Nullable Process tar;
    private final @Nullable Thread reader;
    private final TarFilter filter;
    /** Links that this archive makes, as raw paths: nothing is written through them. */
    private final Set<String> links = new HashSet<>();

    /** Members that were refused, as raw paths. */
    private final Set<String> leftOut = new HashSet<>();

    /** What was handed on whole, and what was damaged, as raw paths; only known of an archive that may have gaps. */
    private Optional<Set<String>> came = Optional.empty();

    private final Set<String> damaged = new HashSet<>();
    private String last = "";
    private long members;
    private long replaced;

    private Unpacking(
            Destination destination, Selection selection, boolean devices, Listener listener, @Nullable Process tar) {
        this.destination = destination;
        this.selection = selection;
        this.devices = devices;
        this.listener = listener;
        this.tar = tar;
        this.reader = tar == null ? null : Thread.ofVirtual().start(() -> listen(tar, listener::said));
        this.filter = new TarFilter(
                tar == null ? OutputStream.nullOutputStream() : tar.getOutputStream(), this::takes, new Lost());
    }

    /** @param devices whether device nodes are made */
    public static Unpacking start(Destination destination, Selection selection, boolean devices, Listener listener)
            throws BackupException {
        var command = new ArrayList<>(List.of(
                "tar",
                "--extract",
                "--file=-",
                "--directory=" + destination.root(),
                "--numeric-owner",
                "--same-permissions",
                "--xattrs",
                "--xattrs-include=*",
                "--acls",
                "--delay-directory-restore"));
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            return new Unpacking(destination, selection, devices, listener, builder.start());
        } catch (IOException e) {
            throw new BackupException(Kind.TARGET_UNFIT, "cannot run tar: " + e.getMessage(), e);
        }
    }

    /** Only tells what would be done; nothing is written. */
    public static Unpacking dry(Destination destination, Selection selection, boolean devices, Listener listener) {
        return new Unpacking(destination, selection, devices, listener, null);
    }

    private static void listen(Process tar, Consumer<String> said) {
        try (var lines = new BufferedReader(tar.inputReader(StandardCharsets.UTF_8))) {
            lines.lines().forEach(said);
        } catch (IOException e) {
            said.accept("its messages could not be read: " + e.getMessage());
        }
    }

    public OutputStream sink() {
        return filter;
    }

    /** Of this archive parts may be lost, which is told before its first byte: hard links to what is lost are left out. */
    public void expectLosses() {
        came = Optional.of(new HashSet<>());
    }

    /** In the place of so many bytes that are lost. */
    public void lost(long bytes) throws IOException {
        filter.lost(bytes);
    }

    private final class Lost implements TarFilter.Losses {
        @Override
        public void damaged(TarEntry entry) {
            if (damaged.add(path(entry))) {
                listener.damaged(entry.name());
            }
        }

        @Override
        public void missing(TarEntry entry) {
            if (came.isPresent() && came.get().remove(path(entry))) {
                members--;
            }
            listener.missing(entry.name());
        }

        @Override
        public void gap(long bytes) {
            listener.gap(last, bytes);
        }
    }

    private static String path(TarEntry entry) {
        return String.join("/", entry.segments());
    }

    public long members() {
        return members;
    }

    public long replaced() {
        return replaced;
    }

    private boolean takes(TarEntry entry) throws BackupException, IOException {
        last = entry.name();
        if (!selection.wants(entry.name())) {
            return false;
        }
        var refusal = entry.hostility()
                .or(() -> behindLink(entry.segments()))
                .or(() -> entry.type() == TarEntry.Type.HARD_LINK ? behindLink(entry.linkSegments()) : Optional.empty())
                .or(() -> entry.type() == TarEntry.Type.HARD_LINK ? withoutItsFile(entry) : Optional.empty())
                .or(() -> entry.type() == TarEntry.Type.DEVICE && !devices
                        ? Optional.of("it is a device node; --devices restores those")
                        : Optional.empty())
                .or(() -> destination.objection(entry));
        if (refusal.isPresent()) {
            listener.refused(TarEntry.readable(entry.rawName()), refusal.get());
            leftOut.add(path(entry));
            return false;
        }
        if (entry.type() == TarEntry.Type.HARD_LINK && isLost(entry)) {
            return false;
        }
        remember(entry);
        came.ifPresent(names -> names.add(path(entry)));
        if (tar != null && destination.makeWay(entry)) {
            replaced++;
        }
        members++;
        listener.taken(entry.name());
        return true;
    }

    /** Without its file, tar could not make it, or would make it a name of what lies there already. */
    private boolean isLost(TarEntry link) {
        var file = String.join("/", link.linkSegments());
        if (damaged.contains(file)) {
            damaged.add(path(link));
            listener.damaged(link.name());
        }
        var lost = came.isPresent() && !came.get().contains(file);
        if (lost) {
            listener.missing(link.name());
            leftOut.add(path(link));
        }
        return lost;
    }

    /** Linked to what lies there already, it would have other bytes, and a change of it would change those. */
    private Optional<String> withoutItsFile(TarEntry entry) {
        var file = String.join("/", entry.linkSegments());
        return leftOut.contains(file) || !selection.wants(TarEntry.readable(file))
                ? Optional.of("it is a hard link to " + TarEntry.readable(file) + ", which is not restored with it")
                : Optional.empty();
    }

    private void remember(TarEntry entry) {
        var linked = entry.type() == TarEntry.Type.HARD_LINK && links.contains(String.join("/", entry.linkSegments()));
        if (entry.type() == TarEntry.Type.SYMBOLIC_LINK || linked) {
            links.add(path(entry));
        }
    }

    private Optional<String> behindLink(List<String> segments) {
        for (var n = 1; n < segments.size(); n++) {
            var above = String.join("/", segments.subList(0, n));
            if (links.contains(above)) {
                return Optional.of("it lies behind the symbolic link " + TarEntry.readable(above) + " of this archive");
            }
        }
        return Optional.empty();
    }

    /** @throws BackupException {@code DAMAGED} if the archive has no end, {@code TARGET_UNFIT} if tar failed */
    public void finish() throws BackupException, IOException, InterruptedException {
        filter.finish();
        if (tar == null || reader == null) {
            return;
        }
        tar.getOutputStream().close();
        var code = tar.waitFor();
        reader.join();
        if (code != 0) {
            throw new BackupException(Kind.TARGET_UNFIT, "tar did not restore everything (exit code " + code + ")");
        }
    }

    /** What a failure to write into {@link #sink} means. */
    public BackupException failure(IOException writing) {
        return switch (writing) {
            case TarFilter.RefusedException refused -> refused.reason();
            default ->
                new BackupException(
                        Kind.TARGET_UNFIT, "tar ended before the archive did: " + writing.getMessage(), writing);
        };
    }

    /** After this tar is gone. */
    @Override
    public void close() {
        if (tar != null) {
            tar.destroyForcibly();
        }
    }
}
