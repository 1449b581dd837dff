package org.clusterbackup.cli.recover;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What happened, and so what is to be brought back. */
public enum Scenario {
    /** Everything is gone: all Gluster servers, etcd, Kubernetes, the provisioner. */
    FULL("everything is gone"),
    /** One Gluster server is gone, the others work. */
    NODE("one Gluster server is gone"),
    /** One brick's disk is gone, its server works. */
    BRICK("one brick is gone"),
    /** Some files of a volume are gone. */
    FILES("files of a volume are gone"),
    ETCD("etcd is gone"),
    KUBERNETES("objects of Kubernetes are gone"),
    /** Everything comes back under other names, at other addresses or places. */
    MIGRATE("everything moves to other servers");

    private final String title;

    Scenario(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Scenario> parse(String text) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.text().equals(text))
                .findFirst();
    }
}
