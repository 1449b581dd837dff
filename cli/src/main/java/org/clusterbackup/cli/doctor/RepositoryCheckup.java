package org.clusterbackup.cli.doctor;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.clusterbackup.cli.Sizes;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryDescription;
import org.clusterbackup.repository.RepositoryPlan;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;

/** Whether a place can hold a repository: opens, takes bytes, gives the same ones back, and knows what time it is. */
public final class RepositoryCheckup {
    /** As alert BackupClockSkew has it; at ten minutes prune deletes nothing any more (ADR 8). */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private static final int PROBE_BYTES = 1024;

    private final ObjectStore store;
    private final AllowedSigners signers;
    private final Clock clock;
    private final Checkup checkup;

    public RepositoryCheckup(ObjectStore store, AllowedSigners signers, Clock clock, Checkup checkup) {
        this.store = store;
        this.signers = signers;
        this.clock = clock;
        this.checkup = checkup;
    }

    /** @param write whether an object of 1 KiB is stored, read and deleted again */
    public void run(boolean write) {
        var opened = checkup.look("repository", () -> {
            var description = Repository.open(store, signers).description();
            description.target().ifPresent(this::signer);
            return description.target().map(name -> "target " + name.value()).orElse("staging") + ", made "
                    + description.created();
        });
        var place = opened || mayBeMade();
        if (place) {
            checkup.look("room", this::room);
        }
        if (write && place) {
            probe(opened);
        }
    }

    private void signer(TargetName target) {
        signers.missingSignerOf(target.ledgerSubject()).ifPresent(text -> checkup.bad("signer", Kind.WARNINGS, text));
    }

    private String room() throws BackupException {
        var free = store.freeBytes();
        if (free.isEmpty()) {
            return "not told, as by S3";
        }
        var text = Sizes.text(free.getAsLong()) + " free";
        if (free.getAsLong() < RepositoryPlan.DEFAULT_PACK_BYTES) {
            throw new BackupException(Kind.NO_SPACE, text + ", less than a pack takes: " + store.location());
        }
        return text;
    }

    /** Where no repository is yet, one will be made. */
    private boolean mayBeMade() {
        var found = checkup.checks().getLast();
        return found.fault().filter(Kind.NO_REPOSITORY::equals).isPresent();
    }

    private void probe(boolean repository) {
        var bytes = new byte[PROBE_BYTES];
        new SecureRandom().nextBytes(bytes);
        var sha256 = Sha256.of(bytes);
        var name = repository ? packName(sha256) : RepositoryDescription.signatureName(sha256);
        var before = clock.instant();
        if (!checkup.look("write", () -> write(name, bytes))) {
            return;
        }
        checkup.look("clock", () -> clock(name, before));
        checkup.look("read", () -> read(name, bytes));
        checkup.look("delete", () -> delete(name));
    }

    /** A name that a killed check may leave: a pack that nothing refers to, or what a killed {@code init} leaves. */
    private static String packName(Sha256 sha256) {
        return PackSet.FOLDER + "/" + sha256.hex().substring(0, 2) + "/" + sha256.hex();
    }

    private String write(String name, byte[] bytes) throws BackupException {
        var stored = store.create(name, Body.of(bytes));
        return PROBE_BYTES + " bytes" + (stored.proved() ? ", their digest confirmed there" : "");
    }

    private String read(String name, byte[] bytes) throws BackupException, IOException {
        try (var in = store.open(name)) {
            if (!Arrays.equals(in.readAllBytes(), bytes)) {
                throw new BackupException(
                        Kind.DAMAGED, "other bytes came back than were written: " + name + " at " + store.location());
            }
        }
        return "the same bytes"
                + (store.digestsAtFarSide() ? "; digests are computed there" : "; digests need reading");
    }

    private String clock(String name, Instant before) throws BackupException {
        var stored = store.stat(name)
                .orElseThrow(() -> new BackupException(
                        Kind.DAMAGED, "what was just stored is not there: " + name + " at " + store.location()))
                .modified();
        var after = clock.instant();
        var skew = stored.isBefore(before) ? Duration.between(stored, before) : Duration.between(after, stored);
        if (skew.compareTo(SKEW) > 0) {
            throw new BackupException(Kind.WARNINGS, "the store's says " + stored + " and this machine's " + after)
                    .withHint("let both follow a time server: retention and locks go by the store's clock");
        }
        return "within " + SKEW.toMinutes() + " minutes of this machine's";
    }

    private String delete(String name) throws BackupException {
        try {
            store.delete(name);
        } catch (BackupException e) {
            if (e.kind() == Kind.RETAINED || e.kind() == Kind.NOT_PERMITTED) {
                return "refused, as by an append-only target: prune needs another credential; " + name + " stays";
            }
            throw e;
        }
        return store.stat(name).isEmpty() ? "allowed" : "an older version stays, as of a locked object";
    }
}
