package org.clusterbackup.cli.place;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.clusterbackup.cli.recover.BrickFacts;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * Asks the servers of a dumped brick's replica set whether a brick of it is alive. Gluster answers this also to a machine
 * that is no peer (yet), as one that is being rebuilt. Where nobody answers, nobody is known to live.
 */
public final class LivePartners {
    private static final String ANSWER_SECONDS = "10";
    private static final String ONLINE = "1";
    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";

    private LivePartners() {}

    /**
     * @return hosts that did not answer
     * @throws BackupException as {@link #requireNone(BrickFacts, String)}
     */
    public static List<String> requireNone(BrickFacts brick) throws BackupException, InterruptedException {
        return requireNone(brick, "gluster");
    }

    /**
     * @param gluster the program
     * @return hosts that did not answer
     * @throws BackupException {@code TARGET_UNFIT} with the brick that is alive, if there is one
     */
    static List<String> requireNone(BrickFacts brick, String gluster) throws BackupException, InterruptedException {
        if (brick.setSize() < 2) {
            return List.of();
        }
        var silent = new ArrayList<String>();
        var first = brick.index() - brick.index() % brick.setSize();
        var set = brick.bricks().stream().skip(first).limit(brick.setSize()).toList();
        var hosts = set.stream().map(BrickFacts.Place::host).distinct().toList();
        var answers = ask(gluster, hosts, brick.volume());
        for (var at = 0; at < hosts.size(); at++) {
            var status = answers.get(at).resultNow();
            if (status.length == 0) {
                silent.add(hosts.get(at));
                continue;
            }
            var alive = aliveOf(set, status);
            if (alive.isPresent()) {
                throw new BackupException(
                                Kind.TARGET_UNFIT,
                                "brick " + alive.get().host() + ":"
                                        + alive.get().path() + " of volume " + brick.volume()
                                        + " is alive, and holds what this dump holds or newer")
                        .withHint(
                                "let it heal the lost brick: see 'clusterbackup recover plan brick'; to restore one dump"
                                        + " to every brick of the set, stop the volume; see --no-live-partner");
            }
        }
        return silent;
    }

    /** All at once: on the worst day none answers, and each takes the whole time not to. */
    private static List<Future<byte[]>> ask(String gluster, List<String> hosts, String volume)
            throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(hosts.stream()
                    .<Callable<byte[]>>map(host -> () -> status(gluster, host, volume))
                    .toList());
        }
    }

    private static Optional<BrickFacts.Place> aliveOf(List<BrickFacts.Place> set, byte[] status)
            throws BackupException {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(NO_DOCTYPE, true);
            var nodes = factory.newDocumentBuilder()
                    .parse(new ByteArrayInputStream(status))
                    .getElementsByTagName("node");
            for (var at = 0; at < nodes.getLength(); at++) {
                var node = (Element) nodes.item(at);
                for (var place : set) {
                    if (place.host().equals(text(node, "hostname"))
                            && place.path().equals(text(node, "path"))
                            && ONLINE.equals(text(node, "status"))) {
                        return Optional.of(place);
                    }
                }
            }
            return Optional.empty();
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new BackupException(Kind.FAILED, "cannot read the status of the volume: " + e, e);
        }
    }

    private static String text(Element node, String name) {
        var found = node.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : String.valueOf(found.item(0).getTextContent());
    }

    /** Empty if the server does not answer in time, or this machine has no Gluster. */
    private static byte[] status(String gluster, String host, String volume) throws InterruptedException {
        try {
            var process = new ProcessBuilder(
                            "timeout",
                            ANSWER_SECONDS,
                            gluster,
                            "--remote-host=" + host,
                            "--mode=script",
                            "--xml",
                            "volume",
                            "status",
                            volume)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var said = process.getInputStream().readAllBytes();
            return process.waitFor() == 0 ? said : new byte[0];
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
