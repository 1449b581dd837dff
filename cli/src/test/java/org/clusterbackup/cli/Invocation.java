package org.clusterbackup.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One run of the program, in this process. */
final class Invocation {
    private final int code;
    private final byte[] out;
    private final String err;

    private Invocation(int code, byte[] out, String err) {
        this.code = code;
        this.out = out.clone();
        this.err = err;
    }

    static Invocation of(String... args) {
        return in(Map.of(), args);
    }

    static Invocation in(Map<String, String> environment, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var code = Main.run(out, err, environment, args);
        return new Invocation(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    int code() {
        return code;
    }

    byte[] out() {
        return out.clone();
    }

    String text() {
        return new String(out, StandardCharsets.UTF_8);
    }

    String err() {
        return err;
    }
}
