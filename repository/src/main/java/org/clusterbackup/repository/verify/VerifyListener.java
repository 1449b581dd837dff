package org.clusterbackup.repository.verify;

/** Is told what {@link Verifier} finds, as it finds it; one call at a time. */
public interface VerifyListener {
    void finding(Finding finding);

    /** So many bytes of packs are to be proved. */
    default void planned(long bytes) {}

    /** So many more bytes of packs were proved or found damaged. */
    default void proved(long bytes) {}
}
