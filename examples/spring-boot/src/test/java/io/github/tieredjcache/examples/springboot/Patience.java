package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what comes by itself. */
final class Patience {
    private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Patience() {}

    /** Asks until the answer is the one that is expected, for three minutes at most. */
    static <T> void await(T expected, Supplier<T> question) {
        long startNanos = System.nanoTime();
        T answer = question.get();
        while (!expected.equals(answer)) {
            if (System.nanoTime() - startNanos > MOST_NANOS) {
                fail("after three minutes the answer is still " + answer + ", not " + expected);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            answer = question.get();
        }
    }
}
