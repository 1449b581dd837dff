package org.clusterbackup.repository.artifact;

/** The version of this program, as manifests name their writer. */
final class WriterVersion {
    private WriterVersion() {}

    static String current() {
        var version = WriterVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
