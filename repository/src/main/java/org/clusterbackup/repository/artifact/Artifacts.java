package org.clusterbackup.repository.artifact;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.store.ObjectStore;

/** Finds committed artifacts by name. What is found is not verified: {@link Manifests} does that. */
public final class Artifacts {
    private static final String LATEST = "latest";
    private static final String OLDEST = "oldest";
    private static final int MIN_PREFIX = 4;

    private final ObjectStore store;

    public Artifacts(ObjectStore store) {
        this.store = store;
    }

    /** Every committed artifact, by source and time. */
    public List<ArtifactRef> list() throws BackupException {
        return list(ArtifactRef.ROOT);
    }

    /** The committed artifacts of {@code source}, oldest first. */
    public List<ArtifactRef> list(SourceName source) throws BackupException {
        return list(ArtifactRef.folder(source)).stream()
                .filter(ref -> ref.source().equals(source))
                .toList();
    }

    private List<ArtifactRef> list(String folder) throws BackupException {
        var found = new ArrayList<ArtifactRef>();
        store.list(folder, object -> ArtifactRef.committedBy(object.name()).ifPresent(found::add));
        found.sort(Comparator.naturalOrder());
        return found;
    }

    /** The newest committed artifacts of {@code source}, newest first, at most {@code most}. */
    List<ArtifactRef> newest(SourceName source, int most) throws BackupException {
        var ids = store.children(ArtifactRef.folder(source)).stream()
                .filter(child -> child.endsWith("/"))
                .map(child -> child.substring(0, child.length() - 1))
                .filter(ArtifactId::isValid)
                .sorted(Comparator.reverseOrder())
                .toList();
        var newest = new ArrayList<ArtifactRef>();
        for (var id : ids) {
            var ref = new ArtifactRef(source, new ArtifactId(id));
            if (newest.size() < most
                    && store.stat(ref.object(ArtifactRef.MANIFEST)).isPresent()) {
                newest.add(ref);
            }
        }
        return newest;
    }

    /**
     * The one artifact that {@code text} names: an id, an unambiguous prefix of one (four characters or more),
     * {@code SOURCE@latest}, {@code SOURCE@oldest}, {@code SOURCE@ID} or {@code SOURCE@PREFIX}, and for the latter two
     * {@code SOURCE/ID} and {@code SOURCE/PREFIX}, as messages spell it.
     *
     * @throws BackupException {@code NOT_FOUND} if there is none, {@code USAGE} if there are several
     */
    public ArtifactRef resolve(String text) throws BackupException {
        var at = text.lastIndexOf('@');
        if (at < 0) {
            var slash = text.lastIndexOf('/');
            return slash < 0
                    ? only(text, matching(list(), text))
                    : only(text, below(text, source(text.substring(0, slash)), text.substring(slash + 1)));
        }
        var refs = list(source(text.substring(0, at)));
        return switch (text.substring(at + 1)) {
            case LATEST -> refs.stream().reduce((a, b) -> b).orElseThrow(() -> missing(text));
            case OLDEST -> refs.stream().findFirst().orElseThrow(() -> missing(text));
            case String prefix -> only(text, matching(refs, prefix));
        };
    }

    /** Of {@code SOURCE/ID}; the name of a source alone looks like one. */
    private List<ArtifactRef> below(String text, SourceName source, String prefix) throws BackupException {
        var isSource = !ArtifactId.isValid(prefix)
                && SourceName.isValid(text)
                && !list(new SourceName(text)).isEmpty();
        if (isSource) {
            throw new BackupException(Kind.USAGE, text + " is a source, not an artifact")
                    .withHint("say " + text + "@latest for its newest artifact");
        }
        return matching(list(source), prefix);
    }

    private static SourceName source(String name) throws BackupException {
        try {
            return new SourceName(name);
        } catch (IllegalArgumentException e) {
            throw new BackupException(Kind.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<ArtifactRef> matching(List<ArtifactRef> refs, String prefix) throws BackupException {
        if (prefix.length() < MIN_PREFIX) {
            throw new BackupException(Kind.USAGE, "not an artifact: " + prefix)
                    .withHint("give an id, four or more of its first characters, or SOURCE@latest");
        }
        return refs.stream()
                .filter(ref -> ref.artifact().value().startsWith(prefix))
                .toList();
    }

    private ArtifactRef only(String text, List<ArtifactRef> matching) throws BackupException {
        if (matching.size() > 1) {
            throw new BackupException(
                            Kind.USAGE,
                            text + " names " + matching.size() + " artifacts, " + matching.getFirst() + " first")
                    .withHint("give more characters, or SOURCE@ID");
        }
        return matching.stream().findFirst().orElseThrow(() -> missing(text));
    }

    private BackupException missing(String text) {
        return new BackupException(Kind.NOT_FOUND, "no artifact " + text + " at " + store.location())
                .withHint("clusterbackup list shows what there is");
    }
}
