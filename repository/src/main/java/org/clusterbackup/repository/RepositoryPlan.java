package org.clusterbackup.repository;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.crypto.Encryption;

/** What {@link Repository#init} is to make. */
public record RepositoryPlan(
        String repository,
        Optional<TargetName> target,
        Encryption encryption,
        List<String> recipients,
        int chunkAverageBytes,
        int packBytes) {
    /** Measured: 64 KiB costs the fewest new bytes a run for its extents, 16 MiB packs suit every store (ADR on parameters). */
    public static final int DEFAULT_CHUNK_AVERAGE_BYTES = 64 << 10;

    public static final int DEFAULT_PACK_BYTES = 16 << 20;
    private static final int ID_BYTES = 16;

    public RepositoryPlan {
        recipients = List.copyOf(recipients);
    }

    /** A new repository with an id of its own. */
    public static RepositoryPlan fresh(Optional<TargetName> target, Encryption encryption, List<String> recipients) {
        var id = new byte[ID_BYTES];
        new SecureRandom().nextBytes(id);
        return new RepositoryPlan(
                HexFormat.of().formatHex(id),
                target,
                encryption,
                recipients,
                DEFAULT_CHUNK_AVERAGE_BYTES,
                DEFAULT_PACK_BYTES);
    }

    /** Another copy of the repository that {@code other} is a copy of. */
    public static RepositoryPlan sameAs(RepositoryDescription other, Optional<TargetName> target) {
        return new RepositoryPlan(
                other.repository(),
                target,
                other.encryption(),
                other.recipients(),
                other.chunkAverageBytes(),
                other.packBytes());
    }

    public RepositoryPlan withChunking(int averageBytes, int bytesOfPack) {
        return new RepositoryPlan(repository, target, encryption, recipients, averageBytes, bytesOfPack);
    }
}
