package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.clusterbackup.cli.dump.MadeDump;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command under every fault: whoever meets the fault ends with its code, whoever cannot meet it succeeds, and what
 * stands on stdout is JSON or nothing.
 */
class FaultMatrixIT {
    /** What a command needs to look at. */
    private enum Needs {
        REPOSITORY,
        MANIFEST,
        CONTENTS,
        IDENTITY,
        PACK_NAMES,
        PACKS,
        PACK_BYTES
    }

    /** @param atTarget whether it is tried where a target lies in staging's place */
    private record Tried(String name, Set<Needs> needs, List<String> args, boolean atTarget) {
        Tried(String name, Set<Needs> needs, List<String> args) {
            this(name, needs, args, false);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private interface Harm {
        void to(World world, Map<String, String> environment) throws IOException;
    }

    private record Fault(String name, Needs meets, int code, Harm harm) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Set<Needs> READS_MANIFESTS = Set.of(Needs.REPOSITORY, Needs.MANIFEST);
    private static final Set<Needs> ALL = Set.of(Needs.values());
    private static final Set<Needs> BLIND =
            Set.of(Needs.REPOSITORY, Needs.MANIFEST, Needs.CONTENTS, Needs.PACK_NAMES, Needs.PACKS, Needs.PACK_BYTES);

    private static final List<Tried> COMMANDS = List.of(
            new Tried("list", READS_MANIFESTS, List.of("list")),
            new Tried("show", READS_MANIFESTS, List.of("show", World.TREE + "@latest")),
            new Tried("sources", READS_MANIFESTS, List.of("sources")),
            new Tried("keys check", ALL, List.of("keys", "check")),
            new Tried("keys apply", Set.of(Needs.REPOSITORY), List.of("keys", "apply")),
            new Tried(
                    "verify",
                    Set.of(
                            Needs.REPOSITORY,
                            Needs.MANIFEST,
                            Needs.CONTENTS,
                            Needs.IDENTITY,
                            Needs.PACK_NAMES,
                            Needs.PACKS),
                    List.of("verify")),
            new Tried("verify --read-data", ALL, List.of("verify", "--read-data")),
            new Tried("verify --read-data --digests-only", BLIND, List.of("verify", "--read-data", "--digests-only")),
            new Tried("cat", ALL, List.of("cat", World.TREE + "@latest")),
            new Tried("restore tree", ALL, List.of("restore", "tree", World.TREE + "@latest", "--to", "{out}")),
            new Tried(
                    "restore tree --dry-run",
                    ALL,
                    List.of("restore", "tree", World.TREE + "@latest", "--to", "{out}", "--dry-run")),
            new Tried("files list", ALL, List.of("files", "list", "gv0")),
            new Tried(
                    "files restore --dry-run",
                    ALL,
                    List.of("files", "restore", "gv0", "file", "--to", "{world}", "--dry-run")),
            new Tried("copy", BLIND, List.of("copy", "{staging}", "{target}")),
            new Tried("copy --repair", BLIND, List.of("copy", "{staging}", "{target}", "--repair")),
            new Tried(
                    "scrub",
                    Set.of(Needs.REPOSITORY, Needs.PACK_NAMES, Needs.PACKS, Needs.PACK_BYTES),
                    List.of("scrub", "--all"),
                    true),
            new Tried(
                    "scrub --dry-run",
                    Set.of(Needs.REPOSITORY, Needs.PACK_NAMES),
                    List.of("scrub", "--all", "--dry-run"),
                    true),
            new Tried(
                    "prune",
                    Set.of(Needs.REPOSITORY, Needs.MANIFEST, Needs.PACK_NAMES, Needs.PACKS),
                    List.of("prune", "--keep-daily", "7", "--yes"),
                    true),
            new Tried("estimate", READS_MANIFESTS, List.of("estimate", "--keep-daily", "7")),
            new Tried("estimate of a target", READS_MANIFESTS, List.of("estimate"), true),
            new Tried("kit put", Set.of(Needs.REPOSITORY), List.of("kit", "put", "{file}"), true),
            new Tried("store", Set.of(Needs.REPOSITORY), List.of("store", "--source", "a/b", "{file}")),
            new Tried(
                    "sources retire",
                    Set.of(Needs.REPOSITORY),
                    List.of("sources", "retire", "gone/for-good", "--unknown")));

    private static final List<Fault> FAULTS = List.of(
            new Fault(
                    "no repository",
                    Needs.REPOSITORY,
                    10,
                    (world, env) -> Files.delete(world.staging().resolve("repository.json"))),
            new Fault(
                    "flipped repository.json",
                    Needs.REPOSITORY,
                    13,
                    (world, env) -> World.flip(world.staging().resolve("repository.json"), 60)),
            new Fault("newer format", Needs.REPOSITORY, 15, (world, env) -> {
                var file = world.staging().resolve("repository.json");
                Files.writeString(file, Files.readString(file).replace("\"format\": 1", "\"format\": 2"));
            }),
            new Fault("unknown signers", Needs.REPOSITORY, 13, (world, env) -> {
                var others = world.root().resolve("others");
                assertThat(Invocation.of("keys", "generate", others.toString()).code())
                        .isZero();
                Files.copy(
                        others.resolve("allowed_signers"),
                        world.keys().resolve("allowed_signers"),
                        StandardCopyOption.REPLACE_EXISTING);
            }),
            new Fault("no keys", Needs.REPOSITORY, 12, (world, env) -> env.remove("CLUSTERBACKUP_KEYS")),
            new Fault("another identity", Needs.IDENTITY, 12, (world, env) -> {
                var others = world.root().resolve("others");
                assertThat(Invocation.of("keys", "generate", others.toString()).code())
                        .isZero();
                Files.copy(
                        others.resolve("identity.txt"),
                        world.keys().resolve("identity.txt"),
                        StandardCopyOption.REPLACE_EXISTING);
            }),
            new Fault(
                    "flipped manifest",
                    Needs.MANIFEST,
                    13,
                    (world, env) -> each(world, "manifest.json", file -> World.flip(file, 40))),
            new Fault(
                    "manifest without signature",
                    Needs.MANIFEST,
                    13,
                    (world, env) -> each(world, "manifest.json.sig", FaultMatrixIT::delete)),
            new Fault("signature of another artifact's manifest", Needs.MANIFEST, 13, (world, env) -> {
                var signatures = world.files(name -> name.endsWith("manifest.json.sig"));
                var text = Files.readString(signatures.getFirst());
                Files.writeString(signatures.getFirst(), Files.readString(signatures.getLast()));
                Files.writeString(signatures.getLast(), text);
            }),
            new Fault(
                    "flipped contents",
                    Needs.CONTENTS,
                    14,
                    (world, env) -> each(world, "contents", file -> World.flip(file, 30))),
            new Fault(
                    "no contents", Needs.CONTENTS, 14, (world, env) -> each(world, "contents", FaultMatrixIT::delete)),
            new Fault("missing pack", Needs.PACK_NAMES, 14, (world, env) -> packs(world)
                    .forEach(FaultMatrixIT::delete)),
            new Fault("truncated pack", Needs.PACKS, 14, (world, env) -> packs(world)
                    .forEach(FaultMatrixIT::truncate)),
            new Fault("flipped pack", Needs.PACK_BYTES, 14, (world, env) -> packs(world)
                    .forEach(pack -> World.flip(pack, -100))));

    @TempDir
    static Path shared = Path.of("unset");

    @TempDir
    Path folder = Path.of("unset");

    private static World whole = new World(Path.of("unset"));
    private static World wholeTarget = new World(Path.of("unset"));

    @BeforeAll
    static void makeWorld() throws Exception {
        whole = World.make(shared.resolve("world"), "age");
        whole.storeTree();
        var dump = new MadeDump().header(3, 1, 1).folder(1, 2, "file").file(0, 2, MadeDump.FILE);
        var details = BrickDump.details("gv0", 0, 2).put("brickPath", "/media/b");
        whole.store(
                World.BRICK,
                ArtifactKind.BRICK,
                new ByteArrayInputStream(Arrays.copyOf(dump.bytes(), 300_000)),
                details);
        wholeTarget = whole.copyTo(shared.resolve("target-world"));
        assertThat(wholeTarget
                        .run(
                                "copy",
                                wholeTarget.staging().toString(),
                                wholeTarget.target().toString())
                        .code())
                .isZero();
        Files.move(wholeTarget.staging(), shared.resolve("staging-of-it"));
        Files.move(wholeTarget.target(), wholeTarget.staging());
    }

    private World copyFor(Tried command) {
        return (command.atTarget() ? wholeTarget : whole).copyTo(folder.resolve("world"));
    }

    private interface PerFile {
        void to(Path file) throws IOException;
    }

    private static void each(World world, String name, PerFile harm) throws IOException {
        for (var file : world.files(path -> path.startsWith("artifacts/") && path.endsWith("/" + name))) {
            harm.to(file);
        }
    }

    private static List<Path> packs(World world) {
        return world.files(name -> name.startsWith("packs/"));
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void truncate(Path file) {
        try {
            var bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Arguments> cells() {
        return COMMANDS.stream().flatMap(command -> FAULTS.stream().map(fault -> Arguments.of(command, fault)));
    }

    static Stream<Arguments> commands() {
        return COMMANDS.stream().map(Arguments::of);
    }

    private String[] args(Tried command, World world) {
        var file = world.root().resolve("tree/deep/file-0");
        var args = new ArrayList<String>();
        for (var arg : command.args()) {
            args.add(arg.replace("{out}", folder.resolve("out").toString())
                    .replace("{staging}", world.staging().toString())
                    .replace("{world}", world.root().toString())
                    .replace("{target}", world.target().toString())
                    .replace("{file}", file.toString()));
        }
        args.add("--output=json");
        return args.toArray(String[]::new);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void withoutFaultEachSucceeds(Tried command) throws IOException {
        var world = copyFor(command);

        var run = world.run(args(command, world));

        assertThat(run.code()).as(run.err()).isZero();
        requireParseable(command, run);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cells")
    void aFaultThatIsMetEndsWithItsCode(Tried command, Fault fault) throws IOException {
        var world = copyFor(command);
        var environment = new HashMap<>(world.environment());
        fault.harm().to(world, environment);

        var run = Invocation.in(environment, args(command, world));

        assertThat(run.code())
                .as("%s under %s says: %s", command, fault, run.err())
                .isEqualTo(command.needs().contains(fault.meets()) ? fault.code() : 0);
        if (run.code() != 0) {
            assertThat(run.err() + run.text()).as("it says why").isNotBlank();
        }
        requireParseable(command, run);
    }

    private static void requireParseable(Tried command, Invocation run) throws IOException {
        if (!command.name().equals("cat")
                && !command.name().equals("sources retire")
                && !run.text().isEmpty()) {
            assertThat(new JsonMapper().readTree(run.text()).isObject()).isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void aClosedStdoutIsAFailure(Tried command) {
        var world = copyFor(command);
        var closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };

        var code = Main.run(closed, new ByteArrayOutputStream(), world.environment(), args(command, world));

        assertThat(code).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void anUnknownOptionIsAUsageError(Tried command) {
        var args = new ArrayList<>(List.of(args(command, whole)));
        args.add("--no-such-option");

        assertThat(whole.run(args.toArray(String[]::new)).code()).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void aPlaceThatDoesNotAnswerIsUnreachable(Tried command) throws IOException {
        var world = copyFor(command);
        var knownHosts = Files.createFile(folder.resolve("known_hosts"));
        var environment = new HashMap<>(world.environment());
        var nowhere = "sftp://nobody@127.0.0.1:1/srv/backup";
        environment.put("CLUSTERBACKUP_REPOSITORY", nowhere);
        var args = new ArrayList<>(List.of(args(command, world)));
        args.replaceAll(arg -> arg.equals(world.staging().toString()) ? nowhere : arg);
        args.addAll(List.of("--retry-for", "0", "--ssh-known-hosts", knownHosts.toString()));

        var run = Invocation.in(environment, args.toArray(String[]::new));

        assertThat(run.code()).as(run.err()).isEqualTo(17);
    }

    @Test
    void anArtifactThatIsNotThereIsAFailure() {
        for (var args : List.of(
                List.of("cat", "a/b@latest"),
                List.of("show", "20260101T000000000Z-00000000"),
                List.of(
                        "restore",
                        "tree",
                        "a/b@oldest",
                        "--to",
                        folder.resolve("x").toString()),
                List.of("restore", "brick", "a/b@latest", "--to", folder.toString()))) {
            assertThat(whole.run(args.toArray(String[]::new)).code())
                    .as("%s", args)
                    .isEqualTo(1);
        }
    }

    @Test
    void aBrickIsNotRestoredIntoWhatIsNoXfs() {
        var run = whole.run("restore", "brick", World.BRICK + "@latest", "--to", folder.toString());

        assertThat(run.code()).as(run.err()).isEqualTo(16);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aTreeIsNotRestoredOverWhatIsThere() throws IOException {
        Files.writeString(folder.resolve("mine"), "mine");

        var run = whole.run("restore", "tree", World.TREE + "@latest", "--to", folder.toString());

        assertThat(run.code()).as(run.err()).isEqualTo(16);
        assertThat(folder)
                .isDirectoryContaining(path -> path.endsWith("mine"))
                .isDirectoryNotContaining("glob:**work*");
    }

    @Test
    void aSourceThatIsNotThereStoresNothing() {
        var world = whole.copyTo(folder.resolve("world"));

        var run = world.run(
                "store", "--source", "a/b", folder.resolve("not-there").toString());

        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(world.files(name -> name.startsWith("artifacts/a/"))).isEmpty();
    }
}
