package org.clusterbackup.agent.backup;

import java.util.List;
import java.util.OptionalLong;
import org.clusterbackup.repository.artifact.PlainSource;
import org.clusterbackup.repository.artifact.Tool;

/** A stream whose end its producer proves. {@link #cancel} may be called by any thread. */
public interface ProvedStream extends PlainSource {

    /** How long the stream will be, as soon as the producer has said so. */
    OptionalLong estimate();

    /** What makes the stream; its version is known once the stream was read. */
    Tool tool();

    /** For the manifest: what a reader of the backup should know although nothing is wrong with it. */
    List<String> warnings();

    /** Ends the producer soon; the stream cannot become complete any more. Returns at once. */
    void cancel();
}
