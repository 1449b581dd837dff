package org.clusterbackup.acceptance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code clusterbackup}, as an operator calls it. */
final class Tool {
    private final Map<String, String> environment;

    Tool(Path keys, Map<String, String> credentials) {
        var all = new HashMap<>(credentials);
        all.put("CLUSTERBACKUP_KEYS", keys.toString());
        all.put("JAVA_HOME", System.getProperty("java.home"));
        environment = Map.copyOf(all);
    }

    Command command(String... arguments) {
        var words = new ArrayList<>(List.of(Checkout.TOOL.toString()));
        words.addAll(List.of(arguments));
        return new Command(List.copyOf(words), environment, Path.of("/dev/null"), Duration.ofMinutes(3));
    }

    Command.Result run(String... arguments) {
        return command(arguments).run();
    }
}
