package org.clusterbackup.cli.recover;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.clusterbackup.gluster.migrate.NewNames;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * One volume: all bricks that it had, whether the recovery point holds them or not.
 *
 * @param newest the manifest that describes the volume
 */
record VolumeFacts(BrickFacts newest, List<Member> members) {
    VolumeFacts {
        members = List.copyOf(members);
    }

    /**
     * @param node as sources call it
     * @param own its artifact in the recovery point
     */
    record Member(int index, String node, String host, String path, String mountPoint, Optional<BrickFacts> own) {
        /** The brick's folder below its mount. */
        String folder() {
            return path.equals(mountPoint) ? "" : path.substring(mountPoint.length() + 1);
        }

        @Override
        public String toString() {
            return host + ":" + path;
        }
    }

    String name() {
        return newest.volume();
    }

    /** Its members' bricks, set by set. */
    List<List<Member>> sets() {
        var sets = new TreeMap<Integer, List<Member>>();
        for (var member : members) {
            sets.computeIfAbsent(member.index() / newest.setSize(), _ -> new ArrayList<>())
                    .add(member);
        }
        return List.copyOf(sets.values());
    }

    String setName(List<Member> set) {
        return newest.setSize() == 1
                ? set.getFirst().toString()
                : "replica set " + set.getFirst().index() / newest.setSize() + " of " + name();
    }

    List<Member> partners(Member member) {
        return members.stream()
                .filter(other -> other.index() / newest.setSize() == member.index() / newest.setSize())
                .filter(other -> other.index() != member.index())
                .toList();
    }

    /** It holds names without data: the others of its set fill it. */
    boolean isArbiter(Member member) {
        return member.index() % newest.setSize() >= newest.setSize() - newest.arbiters();
    }

    /** @throws BackupException {@code TARGET_UNFIT} if no rule for such a volume was proved on the real thing */
    void requireKnownRule() throws BackupException {
        var reason = newest.noRule();
        if (reason.isPresent()) {
            throw unfit(reason.get());
        }
    }

    /**
     * The same volume on servers and at places that are called otherwise.
     *
     * @throws BackupException {@code USAGE} if a brick would not lie below its mount
     */
    VolumeFacts renamed(NewNames names) throws BackupException {
        var renamed = new ArrayList<Member>();
        for (var member : members) {
            var host = member.host();
            var now = new Member(
                    member.index(),
                    node(names, member),
                    names.host(host),
                    names.path(host, member.path()),
                    names.path(host, member.mountPoint()),
                    member.own());
            if (!Path.of(now.path()).startsWith(now.mountPoint())) {
                throw new BackupException(
                                Kind.USAGE,
                                member + " would lie at " + now.path() + ", its mount at " + now.mountPoint())
                        .withHint("let the mapping name the mount " + member.mountPoint());
            }
            renamed.add(now);
        }
        return new VolumeFacts(newest, renamed);
    }

    /** A node whose own name is not spoken of is called as its server. */
    private static String node(NewNames names, Member member) {
        var node = names.host(member.node());
        var host = names.host(member.host());
        return node.equals(member.node()) && !host.equals(member.host()) ? host : node;
    }

    private BackupException unfit(String reason) {
        return new BackupException(Kind.TARGET_UNFIT, "volume " + name() + " " + reason)
                .withHint("no way to bring back all of such a volume was proved; leave it out with --without " + name()
                        + ", and restore its bricks one by one by hand");
    }

    /** Volumes by name, of all bricks that a recovery point holds. */
    static List<VolumeFacts> of(List<BrickFacts> bricks) {
        var nodes = bricks.stream()
                .collect(Collectors.toMap(BrickFacts::server, BrickFacts::node, (first, second) -> first));
        return bricks.stream()
                .collect(Collectors.groupingBy(BrickFacts::volume, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(each -> of(each, nodes))
                .toList();
    }

    private static VolumeFacts of(List<BrickFacts> bricks, Map<String, String> nodes) {
        var newest = bricks.stream()
                .max(Comparator.comparing(brick -> brick.manifest().started()))
                .orElseThrow();
        var members = new TreeMap<Integer, Member>();
        var places = newest.bricks();
        for (var index = 0; index < places.size(); index++) {
            var place = places.get(index);
            members.put(
                    index,
                    new Member(
                            index,
                            nodes.getOrDefault(place.server(), place.host()),
                            place.host(),
                            place.path(),
                            mountOf(place.path(), newest),
                            Optional.empty()));
        }
        for (var brick : bricks) {
            members.put(
                    brick.index(),
                    new Member(
                            brick.index(),
                            brick.node(),
                            brick.host(),
                            brick.path(),
                            brick.mountPoint(),
                            Optional.of(brick)));
        }
        return new VolumeFacts(newest, List.copyOf(members.values()));
    }

    /** A brick that nobody dumped is laid out as one that was: the same folder below a mount. */
    private static String mountOf(String path, BrickFacts like) {
        var folder = like.path().startsWith(like.mountPoint() + "/")
                ? like.path().substring(like.mountPoint().length())
                : "";
        return !folder.isEmpty() && path.endsWith(folder) ? path.substring(0, path.length() - folder.length()) : path;
    }
}
