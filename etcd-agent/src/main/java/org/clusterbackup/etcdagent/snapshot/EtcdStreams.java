package org.clusterbackup.etcdagent.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.agent.backup.ProvedStream;
import org.clusterbackup.agent.backup.StreamPlan;
import org.clusterbackup.agent.backup.Streams;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.etcd.Cluster;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.etcd.KubernetesStore;
import org.clusterbackup.etcd.Member;
import org.clusterbackup.etcd.MemberStatus;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Snapshots of one cluster. A member whose snapshot broke off is the last to be taken next time. Thread-safe. */
public final class EtcdStreams implements Streams {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdStreams.class);

    private final Cluster cluster;
    private volatile Optional<Endpoint> broken = Optional.empty();

    public EtcdStreams(Cluster cluster) {
        this.cluster = cluster;
    }

    /** @throws BackupException as {@link Cluster#survey} and {@link KubernetesStore#read} */
    @Override
    public StreamPlan prepare(LocalSource source) throws BackupException {
        var survey = cluster.survey();
        var chosen = survey.members().stream()
                .filter(member -> !broken.equals(Optional.of(member.endpoint())))
                .findFirst()
                .orElse(survey.members().getFirst());
        try (var member = Member.open(chosen.endpoint(), cluster.access())) {
            return new Plan(survey, chosen, KubernetesStore.read(member));
        }
    }

    private final class Plan implements StreamPlan {
        private final Cluster.Survey survey;
        private final MemberStatus chosen;
        private final Optional<KubernetesStore> kubernetes;

        Plan(Cluster.Survey survey, MemberStatus chosen, Optional<KubernetesStore> kubernetes) {
            this.survey = survey;
            this.chosen = chosen;
            this.kubernetes = kubernetes;
        }

        @Override
        public long expectedBytes() {
            return chosen.databaseBytes();
        }

        @Override
        public ProvedStream open() throws BackupException {
            LOG.info("snapshot begins member={} revision={}", chosen.endpoint(), chosen.revision());
            var snapshot = Member.open(chosen.endpoint(), cluster.access()).snapshot();
            return new EtcdStream(
                    snapshot,
                    chosen.version(),
                    whole -> broken = whole ? Optional.empty() : Optional.of(chosen.endpoint()));
        }

        @Override
        public Origin origin(ProvedStream stream) {
            var details = JsonLayout.object();
            details.put("clusterId", MemberStatus.hex(chosen.cluster()));
            details.put("memberId", MemberStatus.hex(chosen.member()));
            details.put("endpoint", chosen.endpoint().toString());
            // A restore asks them whether the old cluster still works.
            var endpoints = details.putArray("endpoints");
            cluster.endpoints().forEach(endpoint -> endpoints.add(endpoint.toString()));
            details.put("etcdVersion", chosen.version());
            // Asked before the snapshot: the snapshot is of this revision or a later one.
            details.put("revision", chosen.revision());
            details.put("keys", survey.keys().count());
            details.put("keysRevision", survey.keys().revision());
            details.put("databaseBytes", chosen.databaseBytes());
            details.put("usedBytes", chosen.usedBytes());
            details.put("auth", survey.auth());
            kubernetes.ifPresent(store -> {
                var held = details.putObject("kubernetes");
                store.clusterUid().ifPresent(uid -> held.put("clusterUid", uid));
                var providers = held.putArray("encryption");
                store.encryption().forEach(providers::add);
            });
            return new Origin(ArtifactKind.ETCD, Optional.empty(), stream.tool(), warnings(), details);
        }

        private List<String> warnings() {
            var warnings = new ArrayList<String>();
            survey.unusable().forEach(why -> warnings.add("a member was left out: " + why));
            chosen.errors().forEach(error -> warnings.add("etcd at " + chosen.endpoint() + " says: " + error));
            survey.noSpace()
                    .forEach(
                            member -> warnings.add(
                                    "the database of member " + MemberStatus.hex(member)
                                            + " has reached its quota, and etcd takes no writes: compact, defragment, disarm the alarm"));
            return warnings;
        }
    }
}
