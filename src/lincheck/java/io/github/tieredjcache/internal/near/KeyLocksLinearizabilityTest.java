package io.github.tieredjcache.internal.near;

import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** A key lock excludes all other threads, whether the key was unlocked or handed over. */
public class KeyLocksLinearizabilityTest {
    private static final String KEY = "key";

    private final KeyLocks<String, Integer> locks = new KeyLocks<>(TimeUnit.DAYS.toNanos(1));
    // Guarded by the lock.
    private int count;

    @Operation
    public int increment() {
        locks.lock(KEY);
        try {
            return ++count;
        } finally {
            locks.unlock(KEY);
        }
    }

    /** As a batch of entry processors: whoever waits gets the key together with what was begun. */
    @Operation
    public int incrementTogether() {
        Integer begun = locks.lockOrJoin(KEY);
        int mine = begun == null ? count + 1 : begun + 1;
        locks.admit(KEY);
        if (!locks.handOver(KEY, mine)) {
            count = mine;
            locks.unlock(KEY);
        }
        return mine;
    }

    @Test
    void noIncrementIsLost() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(Integer.getInteger("lincheck.iterations", 10))
                .invocationsPerIteration(100)
                .check(KeyLocksLinearizabilityTest.class);
    }
}
