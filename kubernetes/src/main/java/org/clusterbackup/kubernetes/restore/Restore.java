package org.clusterbackup.kubernetes.restore;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.kubernetes.archive.StoredObject;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SourceName;

/**
 * Brings objects of an archive back into a cluster by server-side apply, in an order in which what is needed comes first. What waits for
 * something else is tried again in rounds. Doing it again changes nothing; nothing is deleted.
 */
public final class Restore {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Set<String> DEFINING = Set.of("customresourcedefinitions.apiextensions.k8s.io", "namespaces");

    private final ObjectArchive archive;
    private final RestoreOptions options;
    private final RestoreListener listener;
    private final Applying applying;
    private final Owners owners = new Owners();
    /** Groups and namespaces that a dry run would have made. */
    private final Set<String> pretended = new HashSet<>();

    public Restore(ObjectArchive archive, ApiServer server, RestoreOptions options, RestoreListener listener) {
        this.archive = archive;
        this.options = options;
        this.listener = listener;
        this.applying = new Applying(server, options.force(), options.dryRun());
    }

    /** @throws BackupException if the archive cannot be read or the thread is interrupted; what was done stays */
    public void run() throws BackupException {
        var pending = select();
        var reasons = new HashMap<StoredObject, String>();
        var until = Instant.now().plus(options.patience());
        while (!pending.isEmpty()) {
            var later = new ArrayList<StoredObject>();
            for (var object : pending) {
                var waitsFor = attempt(object);
                waitsFor.ifPresent(reason -> {
                    reasons.put(object, reason);
                    later.add(object);
                });
            }
            if (later.size() < pending.size()) {
                until = Instant.now().plus(options.patience());
            } else if (options.dryRun() || Instant.now().isAfter(until)) {
                for (var object : later) {
                    refuse(object, reasons);
                }
                return;
            } else {
                pause();
            }
            pending = later;
        }
    }

    private void refuse(StoredObject object, Map<StoredObject, String> reasons) throws BackupException {
        owners.failed(object.uid());
        listener.done(object, Outcome.REFUSED, reasons.getOrDefault(object, ""), List.of());
    }

    private List<StoredObject> select() throws BackupException {
        var selected = new ArrayList<StoredObject>();
        for (var object : archive.objects()) {
            var type = object.type();
            if (!options.filter().takes(type)
                    || (MadeByCluster.all(type) && !options.filter().names(type))) {
                continue;
            }
            var content = archive.read(object);
            if (!isIn(object, content) || !options.selector().matches(content)) {
                continue;
            }
            var reason = MadeByCluster.reason(type, content);
            if (reason.isPresent()) {
                listener.done(object, Outcome.LEFT_OUT, reason.get(), List.of());
            } else {
                owners.expect(object.uid());
                selected.add(object);
            }
        }
        selected.sort(Comparator.comparingInt(object -> Order.of(object.type())));
        return selected;
    }

    private boolean isIn(StoredObject object, ObjectNode content) {
        var wanted = options.namespaces();
        return wanted.isEmpty()
                || switch (object.type().name()) {
                    case "namespaces" -> wanted.contains(object.name());
                    case "persistentvolumes" ->
                        wanted.contains(content.path("spec")
                                .path("claimRef")
                                .path("namespace")
                                .asText());
                    default -> wanted.contains(object.namespace());
                };
    }

    /** @return what it waits for; empty when it was told to the listener */
    private Optional<String> attempt(StoredObject object) throws BackupException {
        var content = archive.read(object);
        var status = content.path("status");
        Cleaning.clean(object.type(), content);
        var onlyNew = Cleaning.rename(object.type(), content, options.renamed());
        var oldNames = OldNames.rewrite(object.type(), content, options.names());
        var dropped = new ArrayList<String>();
        var owner = owners.link(content, dropped);
        if (owner.isPresent()) {
            return Optional.of("its owner did not come back: " + owner.get());
        }
        return switch (applying.apply(object.type(), content, onlyNew)) {
            case Applying.Result.Later(var reason)
            when options.dryRun() && pretended(object, content) -> {
                applied(
                        object,
                        content,
                        new Applying.Result.Applied(Outcome.CREATED, object.uid(), List.of()),
                        dropped,
                        oldNames);
                yield Optional.empty();
            }
            case Applying.Result.Later(var reason) -> Optional.of(reason);
            case Applying.Result.Failed(var outcome, var reason) -> {
                owners.failed(object.uid());
                listener.done(object, outcome, reason, List.of());
                yield Optional.empty();
            }
            case Applying.Result.Applied applied -> {
                applied(object, content, applied, dropped, oldNames);
                if (!status.isMissingNode() && keepsStatus(object)) {
                    applying.applyStatus(object.type(), content, status)
                            .ifPresent(reason -> listener.warn(object, "its status did not come back: " + reason));
                }
                yield Optional.empty();
            }
        };
    }

    private boolean keepsStatus(StoredObject object) {
        return options.keepStatus().stream()
                .anyMatch(pattern -> SourceName.matches(pattern, object.type().name()));
    }

    private void applied(
            StoredObject object,
            ObjectNode content,
            Applying.Result.Applied applied,
            List<String> dropped,
            List<OldName> oldNames)
            throws BackupException {
        owners.restored(object.uid(), applied.uid());
        if (DEFINING.contains(object.type().name())) {
            pretended.add(
                    object.type().resource().equals("namespaces")
                            ? content.path("metadata").path("name").asText()
                            : "/" + content.path("spec").path("group").asText());
        }
        for (var name : oldNames) {
            listener.oldName(object, name);
        }
        dropped.forEach(
                owner -> listener.warn(object, "its owner is not restored, the reference is dropped: " + owner));
        listener.done(object, applied.outcome(), "", applied.differences());
    }

    /** In a dry run what it needs was not made, but would have been. */
    private boolean pretended(StoredObject object, ObjectNode content) {
        return pretended.contains(content.path("metadata").path("namespace").asText())
                || pretended.contains("/" + object.type().group());
    }

    private static void pause() throws BackupException {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted", e);
        }
    }
}
