package org.clusterbackup.etcd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** The members at some endpoints, and which of them to read from. Thread-safe. */
public record Cluster(List<Endpoint> endpoints, Access access) {
    public Cluster {
        endpoints = List.copyOf(endpoints);
    }

    /**
     * What was found.
     *
     * @param members healthy ones, the best to read from first
     * @param unusable why others are not among them
     * @param keys as a quorum has them
     * @param auth whether it asks for users
     * @param noSpace members whose database is full
     */
    public record Survey(
            List<MemberStatus> members, List<String> unusable, Member.Keys keys, boolean auth, List<Long> noSpace) {
        public Survey {
            members = List.copyOf(members);
            unusable = List.copyOf(unusable);
            noSpace = List.copyOf(noSpace);
        }
    }

    /**
     * Asks every endpoint.
     *
     * @throws BackupException {@code UNREACHABLE} if none of them answers or there is no quorum; {@code DAMAGED} if a member
     *     has an alarm of corruption; {@code NOT_PERMITTED} if all refuse; {@code USAGE} if they are of different clusters
     */
    public Survey survey() throws BackupException {
        var members = new ArrayList<MemberStatus>();
        var failures = new ArrayList<BackupException>();
        var unusable = new ArrayList<String>();
        Optional<Questions> answers = Optional.empty();
        for (var endpoint : endpoints) {
            try (var member = Member.open(endpoint, access)) {
                if (answers.isEmpty()) {
                    answers = Optional.of(ask(member));
                }
                members.add(member.status());
            } catch (BackupException e) {
                if (e.kind() == Kind.DAMAGED || e.kind() == Kind.USAGE) {
                    throw e;
                }
                failures.add(e);
                unusable.add(e.getMessage());
            }
        }
        if (answers.isEmpty() || members.isEmpty()) {
            throw nobody(failures);
        }
        requireOneCluster(members);
        var found = answers.get();
        var usable = usable(members, unusable);
        usable.sort(Comparator.comparing((MemberStatus member) -> member.revision() < found.keys.revision())
                .thenComparing(MemberStatus::isLeader)
                .thenComparing(MemberStatus::revision, Comparator.reverseOrder()));
        if (usable.isEmpty()) {
            throw new BackupException(Kind.UNREACHABLE, "no member of etcd is healthy: " + String.join("; ", unusable));
        }
        return new Survey(usable, unusable, found.keys, found.auth, found.noSpace);
    }

    private record Questions(Member.Keys keys, boolean auth, List<Long> noSpace) {}

    private static Questions ask(Member member) throws BackupException {
        var alarms = member.alarms();
        if (!alarms.corrupt().isEmpty()) {
            throw new BackupException(
                            Kind.DAMAGED,
                            "etcd has an alarm of corruption for member "
                                    + String.join(
                                            ", ",
                                            alarms.corrupt().stream()
                                                    .map(MemberStatus::hex)
                                                    .toList())
                                    + ", and a store that may be wrong is not used")
                    .withHint("replace that member, disarm the alarm with etcdctl alarm disarm, and try again");
        }
        return new Questions(member.keys(), member.hasAuth(), alarms.noSpace());
    }

    private static ArrayList<MemberStatus> usable(List<MemberStatus> members, List<String> unusable) {
        var usable = new ArrayList<MemberStatus>();
        for (var member : members) {
            if (member.leader() == 0) {
                unusable.add("etcd at " + member.endpoint() + " sees no leader");
            } else if (member.learner()) {
                unusable.add("etcd at " + member.endpoint() + " is a learner");
            } else {
                usable.add(member);
            }
        }
        return usable;
    }

    private static void requireOneCluster(List<MemberStatus> members) throws BackupException {
        var first = members.getFirst();
        for (var other : members) {
            if (other.cluster() != first.cluster()) {
                throw new BackupException(
                        Kind.USAGE,
                        first.endpoint() + " is of the etcd cluster " + MemberStatus.hex(first.cluster()) + " and "
                                + other.endpoint() + " of " + MemberStatus.hex(other.cluster())
                                + ": one source is one cluster");
            }
        }
    }

    /** If all fail alike it is that; otherwise a retry may help. */
    private static BackupException nobody(List<BackupException> failures) {
        var first = failures.getFirst();
        if (failures.size() == 1) {
            return first;
        }
        var alike = failures.stream().allMatch(failure -> failure.kind() == first.kind());
        var all = new BackupException(
                alike ? first.kind() : Kind.UNREACHABLE,
                "no member of etcd can be read: "
                        + String.join(
                                "; ",
                                failures.stream()
                                        .map(BackupException::getMessage)
                                        .distinct()
                                        .toList()),
                first);
        return first.hint().isPresent() ? all.withHint(first.hint().get()) : all;
    }
}
