package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.support.NanoClock;
import org.jspecify.annotations.Nullable;

/** The health of a Redis as a test sets it. */
public final class FakeHealth implements RemoteHealth {
    private final NanoClock clock;
    private volatile @Nullable String reason;
    private volatile long sinceNanos;
    private volatile int changes;
    private volatile int waits;

    public FakeHealth(NanoClock clock) {
        this.clock = clock;
    }

    public void set(boolean isUnavailable) {
        set(isUnavailable ? "a test says so" : null);
    }

    /** Begins an outage with this reason; null for its end. */
    public synchronized void set(@Nullable String newReason) {
        sinceNanos = clock.nanos();
        changes++;
        reason = newReason;
    }

    /** Returns how many calls have waited for the end of a brief outage. */
    public int waits() {
        return waits;
    }

    @Override
    public boolean isUnavailable() {
        return reason != null;
    }

    @Override
    public @Nullable String reason() {
        return reason;
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
