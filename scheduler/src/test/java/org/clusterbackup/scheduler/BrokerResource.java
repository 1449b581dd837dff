package org.clusterbackup.scheduler;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import org.clusterbackup.service.testing.Broker;
import org.jspecify.annotations.Nullable;

/** A real broker and the scheduler's files. */
public class BrokerResource implements QuarkusTestResourceLifecycleManager {
    private @Nullable Broker broker;

    @Override
    public Map<String, String> start() {
        try {
            var running = Broker.start();
            broker = running;
            var folder = Files.createTempDirectory("scheduler");
            var targets = Files.writeString(folder.resolve("targets.yaml"), "targets: [{name: a}, {name: b}]\n");
            var policies = Files.writeString(
                    folder.resolve("policies.yaml"),
                    "policies: [{name: yearly, cron: '0 0 1 1 *', catchUp: false, objective: 400d}]\n");
            var token = Files.writeString(folder.resolve("token"), "secret\n");
            return Map.of(
                    "quarkus.http.test-port", "0",
                    "kafka.bootstrap.servers", running.bootstrapServers(),
                    "clusterbackup.targets-file", targets.toString(),
                    "clusterbackup.policies-file", policies.toString(),
                    "clusterbackup.api.token-file", token.toString(),
                    "clusterbackup.runs.settle", "PT1S");
        } catch (Exception e) {
            throw new IllegalStateException("no broker", e);
        }
    }

    @Override
    public void stop() {
        var running = broker;
        if (running != null) {
            try {
                running.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
