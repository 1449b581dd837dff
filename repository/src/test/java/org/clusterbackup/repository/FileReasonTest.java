package org.clusterbackup.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FileReasonTest {
    static Stream<IOException> whatTheSystemThrows() {
        return Stream.of(
                new NoSuchFileException("/x"),
                new AccessDeniedException("/x"),
                new FileAlreadyExistsException("/x"),
                new NotDirectoryException("/x"),
                new DirectoryNotEmptyException("/x"),
                new FileSystemException("/x", null, "No space left on device"));
    }

    @ParameterizedTest
    @MethodSource("whatTheSystemThrows")
    void theReasonIsAnotherThanTheFileAndTheClass(IOException thrown) {
        assertThat(FileReason.of(thrown)).isNotBlank().doesNotContain("/x", "Exception");
        assertThat(FileReason.named(thrown)).isEqualTo("/x: " + FileReason.of(thrown));
    }

    @Test
    void anotherFailureSpeaksForItself() {
        assertThat(FileReason.of(new IOException("cut"))).isEqualTo("cut");
        assertThat(FileReason.named(new EOFException())).isEqualTo("EOFException");
    }
}
