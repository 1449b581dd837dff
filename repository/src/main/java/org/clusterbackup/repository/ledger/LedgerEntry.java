package org.clusterbackup.repository.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TargetName;

/**
 * One link of a target's chain; format 1.
 *
 * @param previous digests of every entry with the number before
 * @param heads the newest entries of other targets' ledgers that the writer had seen
 * @param body empty if the kind is not known here
 */
public record LedgerEntry(
        String repository,
        TargetName target,
        long number,
        List<Sha256> previous,
        Instant time,
        String kind,
        Map<TargetName, LedgerHead> heads,
        Optional<LedgerBody> body) {
    private static final int FORMAT = 1;

    public LedgerEntry {
        previous = List.copyOf(previous);
        heads = Map.copyOf(heads);
    }

    byte[] bytes() {
        var object = JsonLayout.object()
                .put("format", FORMAT)
                .put("repository", repository)
                .put("target", target.value())
                .put("number", number);
        var before = object.putArray("previous");
        previous.forEach(digest -> before.add(digest.hex()));
        object.put("time", time.toString()).put("kind", kind);
        var others = object.putObject("heads");
        new TreeMap<>(heads).forEach((name, head) -> others.put(name.value(), head.toString()));
        object.set("body", body.orElseThrow().toJson());
        return JsonLayout.write(object);
    }

    /** @param name the object's, for messages */
    public static LedgerEntry parse(String name, byte[] bytes) throws BackupException {
        var members = JsonLayout.parse(name, bytes).requireFormat(FORMAT);
        try {
            var kind = members.text("kind");
            return new LedgerEntry(
                    members.text("repository"),
                    new TargetName(members.text("target")),
                    members.number("number"),
                    digests(members),
                    members.time("time"),
                    kind,
                    heads(members),
                    LedgerBody.parse(kind, members.members("body")));
        } catch (IllegalArgumentException e) {
            throw new BackupException(Kind.DAMAGED, name + ": " + e.getMessage(), e);
        }
    }

    private static List<Sha256> digests(JsonMembers members) throws BackupException {
        var digests = new ArrayList<Sha256>();
        for (var text : members.texts("previous")) {
            digests.add(new Sha256(text));
        }
        return digests;
    }

    private static Map<TargetName, LedgerHead> heads(JsonMembers members) throws BackupException {
        var heads = new TreeMap<TargetName, LedgerHead>();
        var object = members.members("heads");
        for (var name : (Iterable<String>) object.object()::fieldNames) {
            heads.put(new TargetName(name), LedgerHead.parse(object.text(name)));
        }
        return heads;
    }
}
