package org.clusterbackup.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands, and gives those that talk to somebody the console to do so. */
record Commands(Console console) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
        var made = CommandLine.defaultFactory().create(type);
        if (made instanceof BackupCommand command) {
            command.attach(console);
        }
        return made;
    }
}
