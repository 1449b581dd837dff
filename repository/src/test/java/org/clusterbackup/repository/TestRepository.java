package org.clusterbackup.repository;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.ObjectStore;

/** The keys of a test and copies of a repository made with them. */
public record TestRepository(SigningKey operator, SigningKey agent, SigningKey shipper, AllowedSigners signers) {
    /** 64 KiB chunks in packs of 256 KiB: many packs from little data. */
    public static final int PACK_BYTES = 256 << 10;

    public static TestRepository withNewKeys() throws BackupException {
        var operator = SigningKey.generate("operator");
        var agent = SigningKey.generate("agent");
        var shipper = SigningKey.generate("shipper");
        var allowed = "* " + operator.publicKey() + "\nbrick/*,host/*,etcd/* " + agent.publicKey() + "\nledger/* "
                + shipper.publicKey() + "\n";
        return new TestRepository(operator, agent, shipper, AllowedSigners.parse("test", allowed));
    }

    public Repository staging(Path directory) throws BackupException {
        return staging(new DirectoryStore(directory));
    }

    /** Without encryption: sealing has its own tests. */
    public Repository staging(ObjectStore store) throws BackupException {
        var plan = RepositoryPlan.fresh(Optional.empty(), Encryption.NONE, List.of())
                .withChunking(RepositoryPlan.DEFAULT_CHUNK_AVERAGE_BYTES, PACK_BYTES);
        return Repository.init(store, plan, operator, signers);
    }

    public Repository target(ObjectStore store, Repository staging, String name) throws BackupException {
        var plan = RepositoryPlan.sameAs(staging.description(), Optional.of(new TargetName(name)));
        return Repository.init(store, plan, operator, signers);
    }
}
