package org.clusterbackup.acceptance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The images of this build. */
final class Images {
    static final Path FOLDER = Checkout.ROOT.resolve("target/images");

    private Images() {}

    /** Makes these, as far as they are not there; each is then an archive {@code NAME.tar} of the folder. */
    static void build(List<String> names) {
        var words = new ArrayList<>(
                List.of(Checkout.ROOT.resolve("deploy/images/build.sh").toString()));
        words.addAll(names);
        new Command(
                        words,
                        Map.of(
                                "CLUSTERBACKUP_BUILT",
                                "yes",
                                "REVISION",
                                "tested",
                                "JAVA_HOME",
                                System.getProperty("java.home")),
                        Path.of("/dev/null"),
                        Duration.ofMinutes(15))
                .run()
                .good();
    }
}
