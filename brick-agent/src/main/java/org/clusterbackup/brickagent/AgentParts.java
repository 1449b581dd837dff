package org.clusterbackup.brickagent;

import org.clusterbackup.brickagent.backup.BrickStreams;
import org.clusterbackup.brickagent.backup.HostStreams;
import org.clusterbackup.brickagent.backup.Staging;
import org.clusterbackup.brickagent.cluster.TurnTaking;
import org.clusterbackup.brickagent.request.Attempts;
import org.clusterbackup.brickagent.source.LocalSources;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.service.EventPublisher;
import org.clusterbackup.service.KafkaSettings;

/** What an agent is made of; staging is opened when it is asked for. */
record AgentParts(
        StagingOpening opening,
        KafkaSettings kafka,
        EventPublisher events,
        LocalSources sources,
        BrickStreams bricks,
        HostStreams hosts,
        TurnTaking turns,
        Attempts.Outcomes outcomes) {

    /** Opens staging and checks that it is the repository that it must be. */
    Staging staging() throws BackupException {
        return opening.open();
    }
}
