package org.clusterbackup.cli.etcd;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.etcd.jetcd.api.KeyValue;
import java.io.IOException;
import java.io.OutputStream;
import org.clusterbackup.etcd.KeysAt;
import org.clusterbackup.repository.BackupException;

/**
 * Keys as {@code etcdctl -w json} writes them: {@code key} and {@code value} in base64, {@code create_revision},
 * {@code mod_revision}, {@code version}, {@code lease}; no value is an empty one, no lease is none.
 */
public final class KeyJson {
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private KeyJson() {}

    /** Gives each key to a taker. */
    public interface Keys {
        void each(KeysAt.Taker taker) throws BackupException, IOException;
    }

    /** One document of all keys, in one line; {@code out} stays open. */
    public static void document(OutputStream out, long revision, Keys keys) throws BackupException, IOException {
        var count = new long[1];
        try (var json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeObjectFieldStart("header");
            json.writeNumberField("revision", revision);
            json.writeEndObject();
            json.writeArrayFieldStart("kvs");
            keys.each(key -> {
                write(json, key);
                count[0]++;
            });
            json.writeEndArray();
            json.writeNumberField("count", count[0]);
            json.writeEndObject();
        }
        out.write('\n');
    }

    /** A line for each key; {@code out} stays open. */
    public static void lines(OutputStream out, Keys keys) throws BackupException, IOException {
        try (var json = JSON.createGenerator(out)) {
            json.setRootValueSeparator(null);
            keys.each(key -> {
                write(json, key);
                json.writeRaw('\n');
            });
        }
    }

    private static void write(JsonGenerator json, KeyValue key) throws IOException {
        json.writeStartObject();
        json.writeBinaryField("key", key.getKey().toByteArray());
        json.writeNumberField("create_revision", key.getCreateRevision());
        json.writeNumberField("mod_revision", key.getModRevision());
        json.writeNumberField("version", key.getVersion());
        if (!key.getValue().isEmpty()) {
            json.writeBinaryField("value", key.getValue().toByteArray());
        }
        if (key.getLease() != 0) {
            json.writeNumberField("lease", key.getLease());
        }
        json.writeEndObject();
    }
}
