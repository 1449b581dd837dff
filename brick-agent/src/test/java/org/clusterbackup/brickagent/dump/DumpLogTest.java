package org.clusterbackup.brickagent.dump;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Lines as xfsdump 3.1.11 wrote them. */
class DumpLogTest {
    private final DumpLog log = new DumpLog();

    @Test
    void estimateIsKnownAsSoonAsItIsSaid() {
        log.add("xfsdump: estimated dump size: 155524160 bytes");

        assertThat(log.estimate()).hasValue(155524160);
    }

    @Test
    void successIsTheLastStatusSaid() {
        log.add("xfsdump: media file size 148866328 bytes");
        log.add("xfsdump: Dump Status: SUCCESS");

        assertThat(log.succeeded()).isTrue();
        assertThat(log.mediaFileSize()).hasValue(148866328);
    }

    @Test
    void laterStatusCountsInsteadOfAnEarlierOne() {
        log.add("xfsdump: Dump Status: SUCCESS");
        log.add("xfsdump: Dump Status: INTERRUPT");

        assertThat(log.succeeded()).isFalse();
        assertThat(log.status()).isEqualTo("INTERRUPT");
    }

    @Test
    void progressTellsHowManyFilesThereAre() {
        log.add("xfsdump: status at 23:01:20: 1/3212 files dumped, 0.0% data dumped, 1 seconds elapsed");

        assertThat(log.files()).hasValue(3212);
    }

    @Test
    void scanProgressIsNoFileCount() {
        log.add("xfsdump: status at 23:01:20: inomap phase 1 1/5247 inos scanned, 1 seconds elapsed");

        assertThat(log.files()).isEmpty();
    }

    @Test
    void fileDeletedMeanwhileIsCountedAndNoProblem() {
        log.add("xfsdump: WARNING: could not open regular file ino 133 mode 0x000081a4: Stale file handle: not dumped");

        assertThat(log.deletedMeanwhile()).isEqualTo(1);
        assertThat(log.problems()).isEmpty();
    }

    @Test
    void anyOtherWarningIsAProblem() {
        log.add(
                "xfsdump: WARNING: could not open regular file ino 133 mode 0x000081a4: Input/output error: not dumped");

        assertThat(log.problems())
                .containsExactly(
                        "warning: could not open regular file ino 133 mode 0x000081a4: Input/output error: not dumped");
    }

    @Test
    void errorIsAProblem() {
        log.add("xfsdump: ERROR: /tmp/xd/m/doc does not identify a file system");

        assertThat(log.problems()).hasSize(1);
    }

    @Test
    void floodOfMessagesIsKeptWithinBounds() {
        for (var i = 0; i < 100_000; i++) {
            log.add("xfsdump: WARNING: something " + i);
        }

        assertThat(log.problems()).hasSizeLessThan(1000);
        assertThat(log.lastWords()).contains("something 99999");
    }
}
