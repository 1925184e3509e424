package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.remote.connection.Backoff;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.tracking.InvalidationWaiter;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The wait of one call for the lease of another holder, until the server sends an invalidation of the key or the lease
 * expires. Used by one thread.
 *
 * <p>The first {@link #await} for a key only registers for its invalidations and returns at once, so that the caller
 * reads the key again: a change before the registration would be missed. If the server sends no invalidations, the
 * pauses between two reads grow.
 */
final class LeaseWait implements AutoCloseable {
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(1), Duration.ofMillis(20));
    /** The scripts treat a lease as over one millisecond after its end by the server's clock. */
    private static final long SLACK_MILLIS = 2;

    private final CommandExecutor executor;
    private final long deadlineNanos;
    private final Runnable onWait;
    private boolean waited;
    private @Nullable InvalidationWaiter waiter;
    private int pauses;

    /**
     * Begins a wait.
     *
     * @param deadlineNanos when the wait is over, by the node's monotonic clock
     * @param onWait runs once, if the call has to wait
     */
    LeaseWait(CommandExecutor executor, long deadlineNanos, Runnable onWait) {
        this.executor = executor;
        this.deadlineNanos = deadlineNanos;
        this.onWait = onWait;
    }

    /**
     * Waits before the next read of a key.
     *
     * @param key the key, for the message
     * @param entryKey the Redis key that another holder has leased
     * @param leaseMillis how long the lease may last
     * @throws CacheException if the thread is interrupted; its interrupt flag stays set
     */
    void await(Object key, EntryKey entryKey, long leaseMillis) {
        if (!waited) {
            waited = true;
            onWait.run();
        }
        InvalidationWaiter current = waiter;
        if (current == null || !current.waitsFor(entryKey)) {
            close();
            waiter = executor.trackedKeys().listen(entryKey);
            return;
        }
        long leaseNanos = TimeUnit.MILLISECONDS.toNanos(leaseMillis + SLACK_MILLIS);
        long pauseNanos = executor.isTracking() ? leaseNanos : Math.min(leaseNanos, PAUSES.delayNanos(pauses++));
        current.await(Math.min(deadlineNanos - executor.clock().nanos(), pauseNanos));
        current.rearm();
        if (Thread.currentThread().isInterrupted()) {
            throw new CacheException("interrupted while waiting for key '" + key + "', which another call has leased");
        }
    }

    /** Returns whether the wait is over. */
    boolean isOver() {
        return deadlineNanos - executor.clock().nanos() <= 0;
    }

    @Override
    public void close() {
        if (waiter != null) {
            waiter.close();
            waiter = null;
        }
    }
}
