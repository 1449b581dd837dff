package org.clusterbackup.repository.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.clusterbackup.repository.store.testing.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we seal the programs {@code age} and {@code zstd} open, and the other way round. */
class AgeProgramIT {
    private static final AgeKeys KEYS = AgeKeys.generate();

    private final Path directory;

    private byte[] plain = new byte[0];

    AgeProgramIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void needsThePrograms() throws Exception {
        Programs.require("AGE", "age");
        Programs.require("ZSTD", "zstd");
        Files.writeString(directory.resolve("identity"), KEYS.secret() + "\n");
        plain = new byte[200_000];
        new Random(1).nextBytes(plain);
    }

    @Test
    void theProgramsOpenAPack() throws Exception {
        try (var sealer = Envelope.to(KEYS.recipients()).sealer(1)) {
            sealer.compress(plain, plain.length);
            Files.copy(sealer.seal().open(), directory.resolve("pack"));
        }

        run("age -d -i identity pack | zstd -d -o plain");

        assertThat(directory.resolve("plain")).hasBinaryContent(plain);
    }

    @Test
    void theProgramsOpenAStream() throws Exception {
        try (var out = Envelope.to(KEYS.recipients()).output(Files.newOutputStream(directory.resolve("contents")), 3)) {
            out.write(plain);
            out.finish();
        }

        run("age -d -i identity contents | zstd -d -o plain");

        assertThat(directory.resolve("plain")).hasBinaryContent(plain);
    }

    @Test
    void aPackOfTheProgramsIsOpened() throws Exception {
        Files.write(directory.resolve("plain"), plain);

        run("zstd -q plain && age -r " + KEYS.recipient() + " -o pack plain.zst");

        var pack = Files.readAllBytes(directory.resolve("pack"));
        try (var opener = Envelope.openedBy(KEYS.identity()).opener()) {
            assertThat(opener.open("pack", pack, pack.length)).isEqualTo(plain);
        }
    }

    private void run(String command) throws IOException, InterruptedException {
        var process = new ProcessBuilder("sh", "-ec", command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
