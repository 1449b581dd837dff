package org.clusterbackup.k8sdumper.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.dump.DumpOptions;
import org.clusterbackup.repository.BackupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the cluster is reached and what of it is kept. Each connection reads the login anew, so what is rotated counts at once. */
public record KubernetesCluster(Optional<Path> kubeconfig, Optional<String> context, DumpOptions options) {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesCluster.class);

    ApiServer connect() throws BackupException {
        return ApiServer.connect(kubeconfig, context);
    }

    /** Removes what a killed process left; for the start, when nothing is read yet. */
    public void sweep() {
        if (!Files.isDirectory(options.folder())) {
            return;
        }
        try (var left = Files.newDirectoryStream(options.folder(), "list-*.spool")) {
            for (var file : left) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("cannot remove working files folder={} reason={}", options.folder(), e.toString());
        }
    }
}
