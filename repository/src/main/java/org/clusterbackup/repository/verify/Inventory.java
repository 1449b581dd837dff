package org.clusterbackup.repository.verify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryDescription;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.kit.Kit;
import org.clusterbackup.repository.store.ObjectInfo;

/** Everything that lies in a repository, told apart by name, from one listing. */
final class Inventory {
    private static final Set<String> ARTIFACT_FILES = Set.of(
            ArtifactRef.PACKS, ArtifactRef.CONTENTS, ArtifactRef.MANIFEST, ArtifactRef.SIGNATURE, ArtifactRef.INDEX);
    private static final Pattern DESCRIPTION_SIGNATURE = Pattern.compile("repository\\.json\\.[0-9a-f]{16}\\.sig");
    private static final Pattern CONDEMNED = Pattern.compile("condemned/[0-9]{8}T[0-9]{9}Z-[0-9a-f]{8}");
    private static final Pattern DAMAGED = Pattern.compile("damaged/[0-9a-f]{64}");
    private static final Pattern DRILL = Pattern.compile("drills/[A-Za-z0-9._-]+\\.json(?:\\.sig)?");

    private final boolean target;
    private final PackSet packs = new PackSet();
    private final Map<ArtifactRef, Set<String>> artifacts = new TreeMap<>();
    private final Set<String> topLevel = new HashSet<>();
    private final List<String> signed = new ArrayList<>();
    private final List<String> condemned = new ArrayList<>();
    private final Set<String> damaged = new TreeSet<>();
    private final Set<ArtifactRef> offsite = new TreeSet<>();
    private final Map<ArtifactId, Set<String>> kits = new TreeMap<>();
    private final List<String> strays = new ArrayList<>();
    private long packBytes;

    private Inventory(boolean target) {
        this.target = target;
    }

    static Inventory of(Repository repository) throws BackupException {
        var inventory = new Inventory(repository.description().isTarget());
        repository.store().list("", inventory::add);
        return inventory;
    }

    private void add(ObjectInfo object) {
        var name = object.name();
        var slash = name.indexOf('/');
        var known =
                switch (slash < 0 ? "" : name.substring(0, slash)) {
                    case "" -> addTopLevel(name);
                    case PackSet.FOLDER -> addPack(object);
                    case "artifacts" -> addArtifact(name);
                    // Read and judged by the ledger itself.
                    case "ledger" -> target;
                    case "condemned" -> CONDEMNED.matcher(name).matches() && condemned.add(name);
                    case "drills" -> target && DRILL.matcher(name).matches() && signed.add(name);
                    case Kit.FOLDER -> target && addKit(name);
                    case "damaged" -> !target && addDamaged(object);
                    case "bases" -> !target && isBelowSource(name, slash);
                    case "offsite" -> !target && addOffsite(name, slash);
                    case "retired" -> !target && addRetired(name, slash);
                    default -> false;
                };
        if (!known) {
            strays.add(name);
        }
    }

    private boolean addTopLevel(String name) {
        return switch (name) {
            case RepositoryDescription.NAME, Repository.RESTORE_MD, Repository.RESTORE_SH -> topLevel.add(name);
            case "lock" -> true;
            default -> DESCRIPTION_SIGNATURE.matcher(name).matches() && topLevel.add(name);
        };
    }

    private boolean addPack(ObjectInfo object) {
        if (!PackSet.isPath(object.name())) {
            return false;
        }
        packs.add(PackSet.nameOf(object.name()), object.size(), object.modified());
        packBytes += object.size();
        return true;
    }

    private boolean addArtifact(String name) {
        var end = name.lastIndexOf('/');
        var file = name.substring(end + 1);
        // An index never leaves staging.
        if (!ARTIFACT_FILES.contains(file) || (target && file.equals(ArtifactRef.INDEX))) {
            return false;
        }
        var ref = ref(name.substring(0, end), "artifacts".length());
        ref.ifPresent(
                found -> artifacts.computeIfAbsent(found, r -> new TreeSet<>()).add(file));
        return ref.isPresent();
    }

    private static Optional<ArtifactRef> ref(String folder, int slash) {
        var last = folder.lastIndexOf('/');
        if (last <= slash || !ArtifactId.isValid(folder.substring(last + 1))) {
            return Optional.empty();
        }
        return source(folder.substring(slash + 1, last))
                .map(source -> new ArtifactRef(source, new ArtifactId(folder.substring(last + 1))));
    }

    private static Optional<SourceName> source(String name) {
        try {
            return Optional.of(new SourceName(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean addDamaged(ObjectInfo object) {
        if (!DAMAGED.matcher(object.name()).matches() || object.size() != 0) {
            return false;
        }
        return damaged.add(object.name().substring(object.name().indexOf('/') + 1));
    }

    private boolean addOffsite(String name, int slash) {
        var ref = ref(name, slash);
        ref.ifPresent(offsite::add);
        return ref.isPresent();
    }

    private boolean addKit(String name) {
        var parts = name.split("/", -1);
        if (parts.length != 3
                || !ArtifactId.isValid(parts[1])
                || !(Kit.isName(parts[2]) || parts[2].equals(Kit.LIST) || parts[2].equals(Kit.LIST + ".sig"))) {
            return false;
        }
        return kits.computeIfAbsent(new ArtifactId(parts[1]), _ -> new TreeSet<>())
                .add(parts[2]);
    }

    private static boolean isBelowSource(String name, int slash) {
        var last = name.lastIndexOf('/');
        return last > slash && source(name.substring(slash + 1, last)).isPresent();
    }

    private boolean addRetired(String name, int slash) {
        return source(withoutSignature(name.substring(slash + 1))).isPresent() && signed.add(name);
    }

    static String withoutSignature(String name) {
        return name.endsWith(".sig") ? name.substring(0, name.length() - ".sig".length()) : name;
    }

    PackSet packs() {
        return packs;
    }

    long packBytes() {
        return packBytes;
    }

    /** By artifact, the files that its folder has. */
    Map<ArtifactRef, Set<String>> artifacts() {
        return artifacts;
    }

    /** Of the top level, without the lock. */
    Set<String> topLevel() {
        return topLevel;
    }

    /** Drill reports and notes of retired sources, each with its signature. */
    List<String> signed() {
        return signed;
    }

    List<String> condemned() {
        return condemned;
    }

    /** Packs that somebody found damaged. */
    Set<String> damaged() {
        return damaged;
    }

    Set<ArtifactRef> offsite() {
        return offsite;
    }

    /** By rescue kit, the files that its folder has. */
    Map<ArtifactId, Set<String>> kits() {
        return kits;
    }

    /** What does not belong into a repository. */
    List<String> strays() {
        return strays;
    }
}
