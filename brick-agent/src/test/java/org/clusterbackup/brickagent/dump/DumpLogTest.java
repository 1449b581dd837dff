package org.clusterbackup.brickagent.dump;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "could not open regular file ino 133 mode 0x000081a4: Stale file handle: not dumped",
                "unable to open directory: ino 1573344: Stale file handle",
                "inomap inconsistency ino 7134: map says changed dir but is now non-dir: NOT dumping",
                "could not stat dirent a b ino 77: No such file or directory: using null generation count in directory entry",
                "failed to get bulkstat information for inode 8388741"
            })
    void whatWasDeletedMeanwhileIsCountedAndNoProblem(String warning) {
        log.add("xfsdump: WARNING: " + warning);

        assertThat(log.deletedMeanwhile()).isEqualTo(1);
        assertThat(log.problems()).isEmpty();
    }

    @Test
    void whatWasDeletedInItsTurnIsCountedOnceAndNoProblem() {
        for (var inode = 133; inode < 135; inode++) {
            for (var kind : List.of("non-root", "root", "secure")) {
                log.add("xfsdump: WARNING: could not get list of " + kind + " attributes for nondir ino " + inode
                        + ": Stale file handle (116)");
            }
        }

        assertThat(log.bare()).isEqualTo(2);
        assertThat(log.deletedMeanwhile()).isZero();
        assertThat(log.problems()).isEmpty();
    }

    @Test
    void attributesThatCannotBeReadAreAProblem() {
        log.add("xfsdump: WARNING: could not get list of root attributes for dir ino 133: Input/output error (5)");

        assertThat(log.bare()).isZero();
        assertThat(log.problems()).hasSize(1);
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
    void anErrorIsSaidAndNotTheUsageThatFollowsIt() {
        log.add("xfsdump: using file dump (drive_simple) strategy");
        log.add("xfsdump: version 3.1.11 (dump format 3.0)");
        log.add("xfsdump: ERROR: /media/brick0 does not identify a file system");
        log.add("xfsdump: usage: xfsdump [ -a (dump DMF dualstate files as offline) ]");
        log.add("                        [ -b <blocksize> ]");
        log.add("                        [ <source (mntpnt|device)> ]");
        log.add("xfsdump: Dump Status: ERROR");

        assertThat(log.lastWords())
                .isEqualTo(
                        "error: /media/brick0 does not identify a file system;"
                                + " using file dump (drive_simple) strategy; version 3.1.11 (dump format 3.0); Dump Status: ERROR");
    }

    @Test
    void anErrorIsSaidAfterAnyNumberOfWarnings() {
        for (var i = 0; i < 1000; i++) {
            log.add("xfsdump: WARNING: something " + i);
        }
        log.add("xfsdump: ERROR: (pid 7) write failed: No space left on device");
        for (var i = 0; i < 1000; i++) {
            log.add("xfsdump: something else " + i);
        }

        assertThat(log.lastWords()).startsWith("error: (pid 7) write failed: No space left on device; ");
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
