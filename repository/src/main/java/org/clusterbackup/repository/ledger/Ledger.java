package org.clusterbackup.repository.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.Tasks;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.Body;

/**
 * Reads and continues the ledger of one target. An entry that was verified once is remembered by name, digest and
 * size, so that reading again costs a listing and what is new. Safe for use by many threads; of several processes one
 * at a time appends, under the target's lock.
 */
public final class Ledger {
    public static final String FOLDER = "ledger";

    private static final Pattern NAME = Pattern.compile("ledger/([0-9]{10})-[0-9a-f]{16}\\.json");
    private static final String SIGNATURE = ".sig";
    private static final int MAX_SIGNATURE_BYTES = 4096;
    /** Each entry costs two round trips. */
    private static final int AT_ONCE = 8;

    private final Repository repository;
    private final TargetName target;
    private final Map<String, Read> verified = new ConcurrentHashMap<>();

    private record Read(long size, LedgerHead head, LedgerEntry entry) {}

    /** @throws BackupException {@code USAGE} if {@code repository} is not at a target */
    public Ledger(Repository repository) throws BackupException {
        this.repository = repository;
        this.target = repository.requireTarget();
    }

    /** Everything that is there, with every problem found; it throws only what the store throws. */
    public synchronized LedgerChain read() throws BackupException {
        var sizes = new TreeMap<String, Long>();
        repository.store().list(FOLDER, info -> sizes.put(info.name(), info.size()));
        var entries = Collections.synchronizedList(new ArrayList<LedgerChain.Link>());
        var problems = Collections.synchronizedList(new ArrayList<LedgerChain.Problem>());
        var unfinished = new ArrayList<String>();
        try (var reading = new Tasks(AT_ONCE)) {
            for (var object : sizes.entrySet()) {
                if (NAME.matcher(object.getKey()).matches()) {
                    reading.submit(() -> read(object.getKey(), object.getValue(), entries, problems));
                }
            }
            reading.await();
        }
        for (var name : sizes.keySet()) {
            if (NAME.matcher(name).matches()) {
                continue;
            }
            if (!isSignature(name)) {
                problems.add(new LedgerChain.Problem(Kind.DAMAGED, name, name + " does not belong into a ledger"));
            } else if (!sizes.containsKey(name.substring(0, name.length() - SIGNATURE.length()))) {
                unfinished.add(name);
            }
        }
        verified.keySet().retainAll(new HashSet<>(sizes.keySet()));
        problems.sort(Comparator.comparing(LedgerChain.Problem::object));
        return LedgerChain.of(entries, problems, unfinished);
    }

    private void read(String name, long size, List<LedgerChain.Link> entries, List<LedgerChain.Problem> problems)
            throws BackupException {
        try {
            entries.add(link(name, size));
        } catch (BackupException e) {
            if (!e.kind().concernsObject()) {
                throw e;
            }
            problems.add(LedgerChain.Problem.of(name, e));
        }
    }

    private static boolean isSignature(String name) {
        return name.endsWith(SIGNATURE)
                && NAME.matcher(name.substring(0, name.length() - SIGNATURE.length()))
                        .matches();
    }

    private LedgerChain.Link link(String name, long size) throws BackupException {
        var known = verified.get(name);
        if (known == null || known.size() != size) {
            var bytes = repository.readSigned(target.ledgerSubject(), name);
            var entry = LedgerEntry.parse(name, bytes);
            var head = new LedgerHead(entry.number(), Sha256.of(bytes));
            require(head.object().equals(name), name, "has not the number and digest of its name");
            require(entry.target().equals(target), name, "belongs to target " + entry.target());
            require(
                    entry.repository().equals(repository.description().repository()),
                    name,
                    "belongs to repository " + entry.repository());
            known = new Read(size, head, entry);
            verified.put(name, known);
        }
        return new LedgerChain.Link(known.head(), known.entry());
    }

    private static void require(boolean condition, String name, String problem) throws BackupException {
        if (!condition) {
            throw new BackupException(Kind.DAMAGED, name + " " + problem);
        }
    }

    /**
     * Enters {@code body} as the next entry; durable when this returns. The signature is stored first, so that a kill
     * leaves an unfinished signature or a whole entry.
     *
     * @throws BackupException what {@link LedgerChain#requireWhole} throws: nothing is appended to a damaged ledger;
     *     {@code SIGNATURE} if {@code key} may not sign for this ledger
     */
    public SignedEntry append(LedgerBody body, Map<TargetName, LedgerHead> heads, SigningKey key)
            throws BackupException {
        return append(body, heads, key, Instant.now());
    }

    /** The same, at a time by the clock that the body speaks of. */
    public synchronized SignedEntry append(
            LedgerBody body, Map<TargetName, LedgerHead> heads, SigningKey key, Instant time) throws BackupException {
        var chain = read();
        chain.requireWhole();
        var before = chain.heads();
        var entry = new LedgerEntry(
                repository.description().repository(),
                target,
                before.isEmpty() ? 1 : before.getFirst().number() + 1,
                before.stream().map(LedgerHead::digest).sorted().toList(),
                time.truncatedTo(ChronoUnit.MILLIS),
                body.kind(),
                heads,
                Optional.of(body));
        var bytes = entry.bytes();
        var signature = key.sign(bytes);
        repository.signers().verify(target.ledgerSubject(), bytes, signature);
        var head = new LedgerHead(entry.number(), Sha256.of(bytes));
        repository.store().create(head.object() + SIGNATURE, Body.of(signature));
        repository.store().create(head.object(), Body.of(bytes));
        verified.put(head.object(), new Read(bytes.length, head, entry));
        return SignedEntry.of(head.object(), bytes, signature);
    }

    /** The entry {@code head} as it lies there, verified again: to announce it. */
    public SignedEntry signed(LedgerHead head) throws BackupException {
        var name = head.object();
        var bytes = repository.readSigned(target.ledgerSubject(), name);
        require(Sha256.of(bytes).equals(head.digest()), name, "has not the digest of its name");
        var signature = new String(
                SmallObject.read(repository.store(), name + SIGNATURE, MAX_SIGNATURE_BYTES), StandardCharsets.UTF_8);
        return SignedEntry.of(name, bytes, signature);
    }

    /**
     * Reads an entry of any target's ledger that came by an event: believed only with its signature.
     *
     * @throws BackupException {@code SIGNATURE}, {@code DAMAGED} or {@code UNKNOWN_FORMAT}
     */
    public static SignedEntry ofEvent(Repository repository, TargetName target, String text, String signature)
            throws BackupException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        repository.signers().verify(target.ledgerSubject(), bytes, signature);
        var entry = SignedEntry.of("ledger entry of " + target, bytes, signature);
        require(
                entry.entry().target().equals(target)
                        && entry.entry()
                                .repository()
                                .equals(repository.description().repository()),
                "ledger entry of " + target,
                "belongs to another target or repository");
        return entry;
    }
}
