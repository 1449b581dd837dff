package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A copy of the repository, looked at from behind, as files: what the format promises must hold at every moment.
 *
 * @param url how services and the tool reach it
 * @param folder where its objects lie on this machine
 */
record Copy(String name, String url, Path folder) {

    /** Committed artifacts: folders with a manifest. */
    List<Path> artifacts() {
        return below("artifacts", "manifest.json").map(Path::getParent).sorted().toList();
    }

    /** Artifacts that the run made. */
    List<Path> artifactsOf(String run) {
        return artifacts().stream()
                .filter(artifact -> text(artifact.resolve("manifest.json")).contains("\"run\": \"" + run + "\""))
                .toList();
    }

    /** Each pack and when it was stored, which tells a pack that was stored again. */
    Map<String, String> packs() {
        var packs = new HashMap<String, String>();
        below("packs", "").forEach(pack -> {
            if (pack.getFileName().toString().length() == 64) {
                packs.put(pack.getFileName().toString(), stamp(pack));
            }
        });
        return packs;
    }

    Path pack(String name) {
        return folder.resolve("packs").resolve(name.substring(0, 2)).resolve(name);
    }

    /** One bit of it is not what it was. */
    static void flip(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    /** Names of the packs that the artifact needs. */
    static List<String> needs(Path artifact) {
        return text(artifact.resolve("packs"))
                .lines()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    List<Path> ledger() {
        return below("ledger", ".json").sorted().toList();
    }

    /** Every committed artifact has all that it needs. */
    void requireNothingHalf() {
        var missing = new TreeSet<String>();
        for (var artifact : artifacts()) {
            for (var name : List.of("contents", "packs", "manifest.json.sig")) {
                if (!Files.exists(artifact.resolve(name))) {
                    missing.add(artifact.resolve(name).toString());
                }
            }
            text(artifact.resolve("packs")).lines().forEach(line -> {
                var words = line.split(" ");
                if (size(pack(words[0])) != Long.parseLong(words[1])) {
                    missing.add(artifact + ": " + pack(words[0]));
                }
            });
        }
        assertThat(missing).as("what committed artifacts of %s lack", name).isEmpty();
    }

    private Stream<Path> below(String part, String suffix) {
        var start = folder.resolve(part);
        if (!Files.exists(start)) {
            return Stream.of();
        }
        // Services write meanwhile: what goes away between listing and looking is not an error.
        var found = Command.of("find", start.toString(), "-type", "f", "-name", "*" + suffix, "-not", "-name", ".tmp-*")
                .run();
        return found.out().lines().map(Path::of);
    }

    private static String stamp(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.getAttribute(file, "unix:ino");
        } catch (IOException e) {
            return "gone";
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return -1;
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
