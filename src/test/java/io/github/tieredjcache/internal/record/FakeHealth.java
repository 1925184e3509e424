package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.support.NanoClock;
import org.jspecify.annotations.Nullable;

/** The health of a Redis as a test sets it. */
final class FakeHealth implements RemoteHealth {
    private final NanoClock clock;
    private volatile boolean unavailable;
    private volatile long sinceNanos;
    private volatile int changes;
    private volatile int waits;

    FakeHealth(NanoClock clock) {
        this.clock = clock;
    }

    synchronized void set(boolean isUnavailable) {
        sinceNanos = clock.nanos();
        changes++;
        unavailable = isUnavailable;
    }

    /** Returns how many calls have waited for the end of a brief outage. */
    int waits() {
        return waits;
    }

    @Override
    public boolean isUnavailable() {
        return unavailable;
    }

    @Override
    public @Nullable String reason() {
        return unavailable ? "a test says so" : null;
    }

    @Override
    public long unavailableSinceNanos() {
        return sinceNanos;
    }

    @Override
    public synchronized void awaitBriefOutage() {
        waits++;
    }

    @Override
    public int changes() {
        return changes;
    }

    @Override
    public long outages() {
        return (changes + 1L) / 2;
    }

    @Override
    public long unavailableNanos() {
        return 0;
    }
}
