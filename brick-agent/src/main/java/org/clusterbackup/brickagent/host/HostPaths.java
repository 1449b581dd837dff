package org.clusterbackup.brickagent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which of the configured paths this node has.
 *
 * @param present absolute paths on the host, sorted, none below another
 * @param absent those of the configured ones that the node does not have, which is normal for most of them
 * @param encryptionConfigs files below the present ones with an API server's keys for what it encrypts in etcd
 * @param warnings what a restore will miss
 */
public record HostPaths(List<Path> present, List<Path> absent, List<Path> encryptionConfigs, List<String> warnings) {
    private static final Path API_SERVER = Path.of("/etc/kubernetes/manifests/kube-apiserver.yaml");
    private static final Pattern ENCRYPTION_CONFIG =
            Pattern.compile("--encryption-provider-config[=\\s]+[\"']?([^\\s\"']+)");
    private static final long MAX_MANIFEST_BYTES = 1 << 20;

    public HostPaths {
        present = List.copyOf(present);
        absent = List.copyOf(absent);
        encryptionConfigs = List.copyOf(encryptionConfigs);
        warnings = List.copyOf(warnings);
    }

    /**
     * Looks below {@code hostRoot}. The file that the API server's {@code --encryption-provider-config} names belongs to
     * them wherever it lies: an etcd with encrypted Secrets is useless without it.
     */
    public static HostPaths find(Path hostRoot, List<Path> configured) {
        var wanted = new TreeSet<>(configured.stream().map(Path::normalize).toList());
        var warnings = new ArrayList<String>();
        var named = named(hostRoot, warnings);
        wanted.addAll(named);
        var present = new ArrayList<Path>();
        var absent = new ArrayList<Path>();
        for (var path : wanted) {
            if (!exists(hostRoot, path)) {
                absent.add(path);
            } else if (present.stream().noneMatch(path::startsWith)) {
                present.add(path);
            }
        }
        var configs = EncryptionConfigs.below(hostRoot, present, named);
        for (var file : named) {
            if (!exists(hostRoot, file)) {
                warnings.add("the API server's encryption configuration is not on this node: " + file);
            } else if (!configs.contains(file)) {
                warnings.add("the API server's encryption configuration is not in this backup: " + file
                        + " is no file of kind EncryptionConfiguration; if it is a link, add where it leads to"
                        + " clusterbackup.host-state.paths");
            }
        }
        return new HostPaths(present, absent, configs, warnings);
    }

    /** What the API server's manifest names as its encryption configuration. */
    private static Set<Path> named(Path hostRoot, List<String> warnings) {
        var manifest = below(hostRoot, API_SERVER);
        try {
            if (!Files.isRegularFile(manifest)) {
                return Set.of();
            }
            if (Files.size(manifest) > MAX_MANIFEST_BYTES) {
                throw new IOException("too large");
            }
            var text = new String(Files.readAllBytes(manifest), StandardCharsets.UTF_8);
            return ENCRYPTION_CONFIG
                    .matcher(text)
                    .results()
                    .map(found -> Path.of(found.group(1)).normalize())
                    .filter(Path::isAbsolute)
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            warnings.add("the API server's encryption configuration is unknown: " + API_SERVER + ": " + e.getMessage());
            return Set.of();
        }
    }

    private static boolean exists(Path hostRoot, Path path) {
        return Files.exists(below(hostRoot, path), LinkOption.NOFOLLOW_LINKS);
    }

    static Path below(Path hostRoot, Path path) {
        return hostRoot.resolve(Path.of("/").relativize(path));
    }
}
