package org.clusterbackup.acceptance;

import java.nio.file.Path;

/** Where the build left what is tested. */
final class Checkout {
    static final Path ROOT = Path.of(System.getProperty("clusterbackup.checkout", ".."))
            .toAbsolutePath()
            .normalize();
    static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    static final Path TOOL = ROOT.resolve("cli/target/clusterbackup/bin/clusterbackup");

    private Checkout() {}

    /** A script of {@code deploy/local}. */
    static String script(String name) {
        return ROOT.resolve("deploy/local").resolve(name).toString();
    }

    static String service(String module) {
        return ROOT.resolve(module)
                .resolve("target/quarkus-app/quarkus-run.jar")
                .toString();
    }
}
