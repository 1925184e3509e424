package io.github.tieredjcache.internal.near;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

class KeyLocksTest {
    private final KeyLocks<String, String> locks =
            new KeyLocks<>(Duration.ofMinutes(10).toNanos());

    @Test
    void aThreadThatHasAKeyIsRefusedTheSameKeyWithAClearError() {
        locks.lock("a");
        for (Runnable again : List.<Runnable>of(() -> locks.lock("a"), () -> locks.refuseReentry("a"))) {
            var refused = assertThrows(CacheException.class, again::run);
            assertTrue(refused.getMessage().contains("must not change its own key a"), refused.getMessage());
        }
        locks.unlock("a");
        assertFreeForOthers("a");
    }

    @Test
    void aThreadThatHasAKeyMayLockAnother() {
        locks.lock("a");
        locks.lock("b");
        locks.unlock("a");
        locks.refuseReentry("a");
        assertThrows(CacheException.class, () -> locks.refuseReentry("b"));
        locks.unlock("b");
    }

    @Test
    void aKeyIsHeldByOtherExceptForItsHolder() throws Exception {
        locks.lock("a");
        assertFalse(locks.isHeldByOther("a"));
        assertTrue(Crew.start(() -> locks.isHeldByOther("a")).result());
        assertFalse(Crew.start(() -> locks.isHeldByOther("b")).result());
        locks.unlock("a");
        assertFalse(Crew.start(() -> locks.isHeldByOther("a")).result());
    }

    @Test
    void waitingIsBoundedAndTheErrorNamesKeyAndSetting() throws Exception {
        KeyLocks<String, String> impatient = new KeyLocks<>(Duration.ofMillis(5).toNanos());
        impatient.lock("a");
        var refused = assertThrows(
                CacheException.class, () -> Crew.run(() -> impatient.lock("a")).result());
        assertTrue(refused.getMessage().contains("key a"), refused.getMessage());
        assertTrue(refused.getMessage().contains("5 ms"), refused.getMessage());
        assertTrue(refused.getMessage().contains("write.wait"), refused.getMessage());
        impatient.unlock("a");
        Crew.run(() -> {
                    impatient.lock("a");
                    impatient.unlock("a");
                })
                .result();
    }

    @Test
    @Covers(FaultRow.F72)
    void anInterruptedWaitEndsAndTheThreadStaysInterrupted() throws Exception {
        locks.lock("a");
        AtomicBoolean interrupted = new AtomicBoolean();
        Crew.Member<Void> waiting = Crew.run(() -> {
            try {
                locks.lock("a");
            } finally {
                interrupted.set(Thread.currentThread().isInterrupted());
            }
        });
        waiting.untilItWaits().interrupt();
        var refused = assertThrows(CacheException.class, waiting::result);
        assertTrue(refused.getMessage().contains("interrupted"), refused.getMessage());
        assertTrue(interrupted.get());
        locks.unlock("a");
        assertFreeForOthers("a");
    }

    @Test
    void aFreeKeyIsLockedAlsoByAnInterruptedThread() throws Exception {
        Crew.run(() -> {
                    Thread.currentThread().interrupt();
                    locks.lock("a");
                    locks.unlock("a");
                })
                .result();
    }

    @Test
    void waitingThreadsGetTheKeyInTheOrderOfArrival() throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        locks.lock("a");
        List<Crew.Member<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            waiting.add(Crew.run(() -> {
                        locks.lock("a");
                        order.add(number);
                        locks.unlock("a");
                    })
                    .untilItWaits());
        }
        locks.unlock("a");
        for (Crew.Member<Void> each : waiting) {
            each.result();
        }
        assertEquals(List.of(0, 1, 2, 3, 4), order);
    }

    @Test
    void aKeyThatIsLockedAgainIsFreeAfterAsManyUnlocks() throws Exception {
        locks.lock("a");
        locks.lockAgain("a");
        Crew.Member<Boolean> waiting = Crew.start(() -> {
            locks.lock("a");
            locks.unlock("a");
            return true;
        });
        waiting.untilItWaits();
        locks.unlock("a");
        assertTrue(locks.isHeldByMe("a"));
        assertFalse(waiting.isDone());
        locks.unlock("a");
        assertTrue(waiting.result());
        assertFreeForOthers("a");
        assertThrows(IllegalMonitorStateException.class, () -> locks.lockAgain("a"));
    }

    @Test
    void aThreadThatHasNotLockedCannotUnlock() throws Exception {
        assertThrows(IllegalMonitorStateException.class, () -> locks.unlock("a"));
        locks.lock("a");
        assertThrows(
                IllegalMonitorStateException.class,
                () -> Crew.run(() -> locks.unlock("a")).result());
        assertTrue(Crew.start(() -> locks.isHeldByOther("a")).result());
        locks.unlock("a");
    }

    @Test
    void noTwoThreadsHaveOneKeyAndNoQueueIsLeftAfterUse() throws Exception {
        int threads = 8;
        int rounds = 2_000;
        AtomicInteger inside = new AtomicInteger();
        int[] counter = new int[1];
        Crew.together(threads, () -> {
            for (int i = 0; i < rounds; i++) {
                locks.lock("hot");
                assertEquals(1, inside.incrementAndGet());
                counter[0]++;
                inside.decrementAndGet();
                locks.unlock("hot");
            }
            return null;
        });
        assertEquals(threads * rounds, counter[0]);
        assertEquals(0, entriesLeft());
    }

    @Test
    void noQueueIsLeftOfThreadsThatGaveUp() throws Exception {
        KeyLocks<String, String> impatient = new KeyLocks<>(1);
        impatient.lock("a");
        Crew.together(20, () -> assertThrows(CacheException.class, () -> impatient.lock("a")));
        impatient.unlock("a");
        assertEquals(0, entriesLeft(impatient));
    }

    /**
     * 1. A thread holds "a". 2. Other threads lock and unlock other keys, and a waiter that arrived later is the last
     * to leave a key, so that queues are added and removed by different threads. 3. Each check of "a" reports it as
     * held.
     */
    @Test
    void aHeldKeyIsReportedAsHeldDuringTrafficOnOtherKeys() throws Exception {
        locks.lock("a");
        AtomicBoolean stop = new AtomicBoolean();
        List<Crew.Member<Void>> traffic = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String key = "other-" + i / 2;
            traffic.add(Crew.run(() -> {
                while (!stop.get()) {
                    locks.lock(key);
                    locks.unlock(key);
                }
            }));
        }
        CountDownLatch done = new CountDownLatch(1);
        Crew.Member<Integer> checking = Crew.start(() -> {
            int reportedFree = 0;
            for (int i = 0; i < 2_000_000; i++) {
                reportedFree += locks.isHeldByOther("a") ? 0 : 1;
            }
            done.countDown();
            return reportedFree;
        });
        Crew.await(done);
        stop.set(true);
        for (Crew.Member<Void> each : traffic) {
            each.result();
        }
        assertEquals(0, checking.result());
        locks.unlock("a");
    }

    private int entriesLeft() {
        return entriesLeft(locks);
    }

    /** Reads the number of queues by reflection: no accessor is made for a test. */
    private static int entriesLeft(KeyLocks<String, String> locks) {
        return assertDoesNotThrow(() -> {
            var queues = KeyLocks.class.getDeclaredField("queues");
            queues.setAccessible(true);
            return ((java.util.Map<?, ?>) queues.get(locks)).size();
        });
    }

    private void assertFreeForOthers(String key) {
        assertDoesNotThrow(() -> Crew.run(() -> {
                    locks.lock(key);
                    locks.unlock(key);
                })
                .result());
        assertEquals(0, entriesLeft());
    }
}
