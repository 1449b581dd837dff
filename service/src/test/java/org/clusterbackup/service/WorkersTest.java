package org.clusterbackup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private final Workers workers = new Workers("test");
    private final List<String> done = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        workers.close();
    }

    @Test
    void jobsOfOneKeyRunInOrder() throws Exception {
        for (var i = 0; i < 100; i++) {
            var job = String.valueOf(i);
            var _ = workers.enqueue("a", () -> done.add(job));
        }

        workers.enqueue("a", () -> done.add("last")).get();

        assertThat(done).hasSize(101).startsWith("0", "1", "2").endsWith("99", "last");
    }

    @Test
    void oneKeyDoesNotWaitForAnother() throws Exception {
        var never = new CountDownLatch(1);
        var slow = workers.enqueue("brick", never::await);

        workers.enqueue("etcd", () -> done.add("etcd")).get();

        assertThat(slow).isNotDone();
    }

    @Test
    void failureOfAJobDoesNotStopItsWorker() throws Exception {
        var failed = workers.enqueue("a", () -> {
            throw new IllegalStateException("broken");
        });
        workers.enqueue("a", () -> done.add("next")).get();

        assertThatThrownBy(failed::get).isInstanceOf(ExecutionException.class);
        assertThat(done).containsExactly("next");
    }

    @Test
    void jobsOfAStoppedServiceNeverCountAsDone() throws Exception {
        var started = new CountDownLatch(1);
        var running = workers.enqueue("a", () -> {
            started.countDown();
            new CountDownLatch(1).await();
        });
        var waiting = workers.enqueue("a", () -> done.add("waiting"));
        started.await();

        workers.close();

        assertThat(running).isNotDone();
        assertThat(waiting).isNotDone();
        assertThat(workers.enqueue("b", () -> done.add("late"))).isNotDone();
        assertThat(done).isEmpty();
    }
}
