package org.clusterbackup.repository.store;

import java.util.concurrent.ThreadLocalRandom;

/** Names of uploads that are not finished; two writers never choose the same. */
final class TemporaryName {
    private TemporaryName() {}

    static String next() {
        var random = ThreadLocalRandom.current();
        return ObjectNames.UNFINISHED + String.format("%016x%016x", random.nextLong(), random.nextLong());
    }
}
