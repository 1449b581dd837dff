package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file at the root of a file system that says not to use it. It is put there before the first byte is restored and taken
 * away when everything was proved, so that a restore that was killed leaves it too.
 */
public record UnusableMarker(Path file) {
    public static final String NAME = "DO-NOT-USE-restore-incomplete";

    public static UnusableMarker put(Path root, String what) throws IOException {
        var marker = new UnusableMarker(root.resolve(NAME));
        marker.say("The restore of " + what + " into this file system has not ended.\n");
        return marker;
    }

    /** Replaces the text: why it must not be used. */
    public void say(String text) throws IOException {
        write(text + "Do not use it: make a new file system and restore again.\n");
    }

    /** Replaces the text: what it is good for, and what not. */
    public void write(String text) throws IOException {
        Files.writeString(file, text);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    public void remove() throws IOException {
        Files.delete(file);
    }
}
