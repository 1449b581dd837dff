package org.clusterbackup.repository.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryPlan;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.KeyChange;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.testing.ForwardingStore;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.clusterbackup.repository.store.testing.TimedStore;
import org.clusterbackup.repository.verify.Verifier;
import org.clusterbackup.repository.verify.VerifyOptions;
import org.junit.jupiter.api.Test;

class KeyRotationTest {
    private static final List<String> BEFORE = List.of("age1old");
    private static final List<String> AFTER = List.of("age1new", "age1other");

    private final SigningKey old = SigningKey.generate("operator");
    private final SigningKey young = SigningKey.generate("operator");
    private final AllowedSigners both =
            AllowedSigners.parse("both", "* " + old.publicKey() + "\n* " + young.publicKey() + "\n");
    private final MemoryStore staging = new MemoryStore();
    private final MemoryStore target = new MemoryStore();

    KeyRotationTest() throws BackupException {
        var made = Repository.init(staging, RepositoryPlan.fresh(Optional.empty(), Encryption.AGE, BEFORE), old, both);
        Repository.init(
                target, RepositoryPlan.sameAs(made.description(), Optional.of(new TargetName("office"))), old, both);
    }

    private KeyRotation rotation(ObjectStore store) throws BackupException {
        return new KeyRotation(Repository.open(store, both), AFTER, young, "test");
    }

    private static List<KeyChange> changes(Repository target) throws BackupException {
        var chain = new Ledger(target).read();
        chain.requireWhole();
        return chain.bodies(KeyChange.class).toList();
    }

    @Test
    void stagingNamesTheNewRecipientsAndStandsOnTheNewKeyAlone() throws Exception {
        assertThat(rotation(staging).isDue()).isTrue();

        var now = rotation(staging).run().description();

        assertThat(now.recipients()).isEqualTo(AFTER);
        assertThat(now.revision()).isEqualTo(2);
        var alone = AllowedSigners.parse("young", "* " + young.publicKey());
        assertThat(Repository.open(staging, alone).description()).isEqualTo(now);
        assertThat(staging.objects.keySet())
                .filteredOn(name -> name.startsWith("repository.json."))
                .hasSize(1);
    }

    @Test
    void againItChangesNothing() throws Exception {
        for (var copy : List.of(staging, target)) {
            rotation(copy).run();
            var before = Map.copyOf(copy.objects);

            assertThat(rotation(copy).isDue()).isFalse();
            rotation(copy).run();

            assertThat(copy.objects).isEqualTo(before);
        }
    }

    @Test
    void aNewKeyAloneIsDueToo() throws Exception {
        var sameRecipients = new KeyRotation(Repository.open(staging, both), BEFORE, young, "test");

        assertThat(sameRecipients.isDue()).isTrue();
        assertThat(new KeyRotation(Repository.open(staging, both), BEFORE, old, "test").isDue())
                .isFalse();
    }

    @Test
    void theLedgerOfATargetHasEachChange() throws Exception {
        var first = rotation(target).run();
        var second = new KeyRotation(first, BEFORE, old, "test").run();

        assertThat(changes(second)).extracting(KeyChange::revision).containsExactly(2L, 3L);
        assertThat(changes(second).getLast().repositoryJsonSha256())
                .isEqualTo(Sha256.of(target.bytes("repository.json")));
    }

    @Test
    void killedAtEveryStepItLeavesOneWholePairAndTheNextOneDoesTheRest() throws Exception {
        // Given
        var whole = target.copy();
        rotation(whole).run();
        var counting = new TimedStore(target.copy());
        counting.dieAfter(Integer.MAX_VALUE);
        rotation(counting).run();

        for (var step = 0; step < counting.changes(); step++) {
            // When
            var memory = target.copy();
            var store = new TimedStore(memory);
            var rotation = rotation(store);
            store.dieAfter(step);
            try {
                rotation.run();
                assertThat(step)
                        .as("only the lock is given back after the rest")
                        .isEqualTo(counting.changes() - 1);
            } catch (BackupException e) {
                assertThat(e).hasMessageContaining("killed");
            }
            store.live();

            // Then what is there can be believed
            var left = Repository.open(memory, both);
            assertThat(left.description().recipients()).isIn(BEFORE, AFTER);
            assertThat(errors(memory)).as("step %s", step).isEmpty();

            // And the next one ends where the whole one did
            memory.objects.remove("lock");
            var after = rotation(memory).run();
            assertThat(memory.bytes("repository.json")).isEqualTo(whole.bytes("repository.json"));
            assertThat(changes(after)).as("step %s", step).hasSize(1);
            assertThat(rotation(memory).isDue()).isFalse();
        }
    }

    private List<String> errors(ObjectStore store) throws BackupException {
        var errors = new ArrayList<String>();
        Verifier.verify(store, both, VerifyOptions.structure(Path.of("unused")), finding -> {
            if (finding.kind().isPresent()) {
                errors.add(finding.message());
            }
        });
        return errors;
    }

    @Test
    void aKeyThatNobodyBelievesChangesNothing() throws Exception {
        for (var copy : List.of(staging, target)) {
            var before = Map.copyOf(copy.objects);
            var stranger = new KeyRotation(Repository.open(copy, both), AFTER, SigningKey.generate("stranger"), "test");

            CopierLab.assertKind(Kind.SIGNATURE, stranger::run);

            assertThat(copy.objects).isEqualTo(before);
        }
    }

    @Test
    void aRepositoryWithoutEncryptionHasNoRecipients() throws Exception {
        var open = new MemoryStore();
        var plan = RepositoryPlan.fresh(Optional.empty(), Encryption.NONE, List.of());
        var made = Repository.init(open, plan, old, both);

        assertThat(new KeyRotation(made, AFTER, young, "test")
                        .run()
                        .description()
                        .recipients())
                .isEmpty();
    }

    @Test
    void aReaderThatWasBetweenTheTwoFilesReadsAgain() throws Exception {
        // Given a store where the description is replaced after a reader got it, and before it gets the signature
        var replaced = new AtomicBoolean();
        var store = new ForwardingStore(staging) {
            @Override
            public InputStream open(String name) throws BackupException {
                if (name.endsWith(".sig") && replaced.compareAndSet(false, true)) {
                    rotation(staging).run();
                }
                return super.open(name);
            }
        };

        assertThat(Repository.open(store, both).description().recipients()).isEqualTo(AFTER);
    }

    @Test
    void whereNothingMayBeDeletedTheOldSignatureStays() throws Exception {
        var store = new TimedStore(staging);
        store.lock(name -> name.endsWith(".sig"));

        rotation(store).run();

        assertThat(Repository.open(store, both).description().recipients()).isEqualTo(AFTER);
        assertThat(errors(store)).isEmpty();
    }
}
