package org.clusterbackup.cli;

import org.clusterbackup.repository.kit.Kit;

/** The files of a kit with their digests. */
final class KitTable {
    private KitTable() {}

    static Table of(Kit kit) {
        var table = new Table("files", "SHA256", "FILE");
        table.document().put("kit", kit.id().value());
        kit.files().forEach((name, sha256) -> table.row(sha256, Kit.object(kit.id(), name))
                .put("name", name)
                .put("object", Kit.object(kit.id(), name))
                .put("sha256", sha256.hex()));
        return table;
    }
}
