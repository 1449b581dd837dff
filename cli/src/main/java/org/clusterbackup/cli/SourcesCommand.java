package org.clusterbackup.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import picocli.CommandLine.Command;

/** Shows the sources of a repository. */
@Command(
        name = "sources",
        description = "List the sources that a repository has artifacts of, with the age of the newest.",
        subcommands = SourcesRetireCommand.class,
        footerHeading = "%nExample:%n",
        footer = "  clusterbackup sources --output json")
final class SourcesCommand extends RepositoryCommand {
    @Override
    void run(Repository repository) throws BackupException, InterruptedException {
        var listing = Listing.of(repository, ref -> true);
        var bySource = new TreeMap<SourceName, List<Listing.Item>>();
        listing.items().forEach(item -> bySource.computeIfAbsent(item.ref().source(), name -> new ArrayList<>())
                .add(item));
        var table = new Table("sources", "SOURCE", "ARTIFACTS", "NEWEST", "AGE", "STREAM");
        for (var source : bySource.entrySet()) {
            var newest = source.getValue().getLast();
            var id = newest.ref().artifact();
            var age = Duration.between(id.time(), Instant.now());
            var bytes = newest.manifest()
                    .map(manifest -> Sizes.text(manifest.streamBytes()))
                    .orElse("-");
            var row = table.row(source.getKey(), source.getValue().size(), id, Sizes.time(age), bytes);
            row.put("source", source.getKey().value())
                    .put("artifacts", source.getValue().size())
                    .put("newest", id.value())
                    .put("newestStarted", id.time().toString())
                    .put("ageSeconds", age.toSeconds());
            newest.manifest().ifPresent(manifest -> row.put("streamBytes", manifest.streamBytes()));
        }
        listing.tell(console());
        table.print(console());
    }
}
