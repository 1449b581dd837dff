package org.clusterbackup.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** What the jar's manifest says; also written into what this program stores. */
final class Version implements IVersionProvider {
    static String number() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "development");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"clusterbackup " + number() + " (repository format 1)"};
    }
}
