package org.clusterbackup.cli.tar;

import java.util.ArrayList;
import java.util.List;

/** What was told of an archive with gaps. */
final class Told implements TarFilter.Losses {
    final List<String> damaged = new ArrayList<>();
    final List<String> missing = new ArrayList<>();
    final List<Long> gaps = new ArrayList<>();

    @Override
    public void damaged(TarEntry entry) {
        damaged.add(entry.name());
    }

    @Override
    public void missing(TarEntry entry) {
        missing.add(entry.name());
    }

    @Override
    public void gap(long bytes) {
        gaps.add(bytes);
    }
}
