package org.clusterbackup.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far something long is: on a terminal one line that is drawn again, with rate and time left; elsewhere a plain line
 * now and then. {@link #advance} may be called from any thread.
 */
final class Progress implements AutoCloseable {
    private static final Duration REDRAW = Duration.ofMillis(250);
    private static final Duration PLAIN = Duration.ofSeconds(10);

    private final Console console;
    private final String what;
    private final long totalBytes;
    private final long started = System.nanoTime();
    private final AtomicLong done = new AtomicLong();
    private final Thread drawer;

    /** @param totalBytes 0 if nobody knows */
    Progress(Console console, String what, long totalBytes) {
        this.console = console;
        this.what = what;
        this.totalBytes = totalBytes;
        this.drawer = Thread.ofVirtual().start(this::draw);
    }

    void advance(long bytes) {
        done.addAndGet(bytes);
    }

    private void draw() {
        var pause = console.terminal() ? REDRAW : PLAIN;
        try {
            while (true) {
                Thread.sleep(pause);
                show(false);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void show(boolean last) {
        if (console.terminal()) {
            console.progress(text(), last);
        } else {
            console.remark(text());
        }
    }

    private String text() {
        var bytes = done.get();
        var seconds = Math.max(0.001, (System.nanoTime() - started) / 1e9);
        var rate = bytes / seconds;
        var text = what + ": " + Sizes.text(bytes);
        if (totalBytes > 0) {
            text += " of " + Sizes.text(totalBytes)
                    + String.format(Locale.ROOT, " (%.0f %%)", Math.min(100.0, 100.0 * bytes / totalBytes));
        }
        text += ", " + Sizes.text((long) rate) + "/s";
        if (totalBytes > bytes && rate > 0) {
            text += ", " + Sizes.time(Duration.ofSeconds((long) ((totalBytes - bytes) / rate))) + " left";
        }
        return text;
    }

    @Override
    public void close() {
        drawer.interrupt();
        try {
            drawer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (console.terminal() || System.nanoTime() - started > PLAIN.toNanos()) {
            show(true);
        }
    }
}
