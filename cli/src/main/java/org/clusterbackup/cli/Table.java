package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.clusterbackup.repository.BackupException;

/** Rows that are printed aligned for people or as one JSON document for programs; both hold the same rows. */
final class Table {
    private final String name;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();
    private final ObjectNode document = JsonNodeFactory.instance.objectNode();

    /** @param name of the array in the JSON form */
    Table(String name, String... columns) {
        this.name = name;
        this.columns = List.of(columns);
        document.putArray(name);
    }

    /** The JSON form of the row; the cells are its table form. */
    ObjectNode row(Object... cells) {
        var texts = new ArrayList<String>();
        for (var cell : cells) {
            texts.add(String.valueOf(cell));
        }
        rows.add(texts);
        return document.withArray(name).addObject();
    }

    /** For what stands beside the rows in the JSON form. */
    ObjectNode document() {
        return document;
    }

    void print(Console console) throws BackupException {
        if (console.json()) {
            console.json(document);
            return;
        }
        var all = new ArrayList<List<String>>();
        all.add(columns);
        all.addAll(rows);
        var widths = new int[columns.size()];
        all.forEach(row -> {
            for (var i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        for (var row : all) {
            var line = new StringBuilder();
            for (var i = 0; i < widths.length; i++) {
                line.append(row.get(i)).repeat(" ", widths[i] - row.get(i).length() + 2);
            }
            console.line(line.toString().stripTrailing());
        }
    }
}
