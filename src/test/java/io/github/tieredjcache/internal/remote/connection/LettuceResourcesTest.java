package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.tieredjcache.Crew;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LettuceResourcesTest {
    private static final int ROUNDS = 200;

    /** Each thread runs on after its pool has terminated, until another thread waits for its end. */
    @Test
    void theThreadsHaveEndedWhenTheCloseReturns() throws Exception {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch released = new CountDownLatch(1);
        LettuceResources resources = LettuceResources.start(pool -> {
            ThreadFactory factory = LettuceResources.daemonFactory(pool);
            return task -> {
                Thread thread = factory.newThread(() -> {
                    task.run();
                    Crew.until(() -> released.getCount() == 0 || isAwaited(Thread.currentThread()));
                });
                threads.add(thread);
                return thread;
            };
        });
        resources.nextExecutor().submit(() -> {}).get();
        resources.eventLoop().submit(() -> {}).get();
        List<Thread> running = Crew.start(() -> {
                    resources.close();
                    List<Thread> alive =
                            threads.stream().filter(Thread::isAlive).toList();
                    released.countDown();
                    return alive;
                })
                .result();
        assertFalse(threads.isEmpty());
        assertEquals(List.of(), running);
    }

    @Test
    void theThreadOfAnActionHasEndedWhenItsResultIsReturned() {
        for (int i = 0; i < ROUNDS; i++) {
            assertFalse(LettuceResources.onOwnThread(Thread::currentThread).isAlive());
        }
    }

    private static boolean isAwaited(Thread thread) {
        return Stream.of(ManagementFactory.getThreadMXBean().dumpAllThreads(false, false))
                .anyMatch(each -> isOf(thread, each.getLockInfo()));
    }

    private static boolean isOf(Thread thread, LockInfo lock) {
        return lock != null && lock.getIdentityHashCode() == System.identityHashCode(thread);
    }
}
