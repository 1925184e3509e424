package io.github.tieredjcache;

import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A monotonic clock that only the test advances. */
public final class FakeClock implements NanoClock {
    private final AtomicLong now;

    /** Starts shortly below zero, as the clock of a real machine may. */
    public FakeClock() {
        this(-1_000);
    }

    public FakeClock(long startNanos) {
        now = new AtomicLong(startNanos);
    }

    @Override
    public long nanos() {
        return now.get();
    }

    public void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    public void advanceNanos(long nanos) {
        now.addAndGet(nanos);
    }
}
