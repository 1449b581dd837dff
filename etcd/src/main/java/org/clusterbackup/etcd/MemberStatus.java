package org.clusterbackup.etcd;

import java.util.List;

/**
 * What a member says of itself.
 *
 * @param leader the member that leads, as this one sees it; 0 is none
 * @param revision of the store, as far as this member has it
 * @param databaseBytes of the database's file
 * @param usedBytes of it in use; 0 where it does not say (before 3.4)
 * @param errors what it finds wrong with itself
 */
public record MemberStatus(
        Endpoint endpoint,
        long cluster,
        long member,
        long leader,
        String version,
        long revision,
        long databaseBytes,
        long usedBytes,
        boolean learner,
        List<String> errors) {
    public MemberStatus {
        errors = List.copyOf(errors);
    }

    public boolean isLeader() {
        return leader == member;
    }

    /** As etcd's tools write ids. */
    public static String hex(long id) {
        return Long.toHexString(id);
    }
}
