package org.clusterbackup.cli.etcd;

import java.util.List;
import org.clusterbackup.etcd.Access;
import org.clusterbackup.etcd.Cluster;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** The cluster that a snapshot was taken from, if it is still there. */
public record OldCluster(List<Endpoint> endpoints, Access access) {
    public OldCluster {
        endpoints = List.copyOf(endpoints);
    }

    /**
     * A cluster that works must not be set back by a restore of one of its members.
     *
     * @throws BackupException {@code TARGET_UNFIT} if it answers with a quorum, or answers and cannot be asked
     */
    public void requireGone() throws BackupException {
        if (endpoints.isEmpty()) {
            return;
        }
        try {
            var survey = new Cluster(endpoints, access).survey();
            throw new BackupException(
                            Kind.TARGET_UNFIT,
                            "the old cluster still works: "
                                    + survey.members().getFirst().endpoint() + " answers with a quorum")
                    .withHint("a lost member is replaced, not restored: etcdctl member remove, member add, and start it"
                            + " empty; to go back to the backup all the same, stop every member, or give --force");
        } catch (BackupException e) {
            switch (e.kind()) {
                // Nobody is there, or too few; or its members differ, which is a reason to restore.
                case UNREACHABLE, SOURCE_INCOMPLETE, DAMAGED -> {}
                case NOT_PERMITTED ->
                    throw new BackupException(
                                    Kind.TARGET_UNFIT,
                                    "a member of the old cluster is there and does not say whether it works: "
                                            + e.getMessage(),
                                    e)
                            .withHint("give what it asks for with --etcd-ca, --etcd-cert, --etcd-key, --etcd-user-file"
                                    + " and --etcd-password-file; or stop every member, or give --force");
                default -> throw e;
            }
        }
    }
}
