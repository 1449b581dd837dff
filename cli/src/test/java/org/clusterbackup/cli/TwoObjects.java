package org.clusterbackup.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.clusterbackup.kubernetes.archive.ArchiveWriter;
import org.clusterbackup.kubernetes.archive.ObjectArchive;

/** The dump of a cluster that has a namespace, and a ConfigMap in it. */
final class TwoObjects {
    private TwoObjects() {}

    static byte[] archive() {
        var archive = new ArchiveWriter();
        var out = new ByteArrayOutputStream();
        out.writeBytes(archive.member(
                "cluster/core/v1/namespaces/shop.json",
                Instant.EPOCH,
                text("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shop\"}}")));
        out.writeBytes(
                archive.member(
                        "namespaces/shop/core/v1/configmaps/a.json",
                        Instant.EPOCH,
                        text(
                                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"namespace\":\"shop\",\"name\":\"a\"}}")));
        out.writeBytes(
                archive.member(
                        ObjectArchive.INDEX,
                        Instant.EPOCH,
                        text(
                                "{\"format\":1,\"objects\":2,\"resources\":["
                                        + "{\"group\":\"\",\"version\":\"v1\",\"resource\":\"namespaces\",\"kind\":\"Namespace\",\"namespaced\":false},"
                                        + "{\"group\":\"\",\"version\":\"v1\",\"resource\":\"configmaps\",\"kind\":\"ConfigMap\",\"namespaced\":true}]}")));
        out.writeBytes(archive.end());
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
