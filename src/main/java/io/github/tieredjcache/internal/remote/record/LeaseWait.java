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
 * One call's wait for a key that another holds: until the server says that the key has changed, or the lease of the other is
 * over. Used by one thread.
 *
 * <p>The first time that it meets the other it looks again at once, listening by then: what was announced before would not be
 * heard. Where the server does not announce, it looks again and again, after longer pauses each time.
 */
final class LeaseWait implements AutoCloseable {
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(1), Duration.ofMillis(20));
    /** A lease that is over by the server's clock is over for its scripts one millisecond later. */
    private static final long SLACK_MILLIS = 2;

    private final CommandExecutor executor;
    private final long deadlineNanos;
    private final Runnable onWait;
    private boolean told;
    private @Nullable InvalidationWaiter news;
    private int pauses;

    /**
     * Begins a wait.
     *
     * @param deadlineNanos when it is over, by the node's monotonic clock
     * @param onWait runs once if the key is not free at once
     */
    LeaseWait(CommandExecutor executor, long deadlineNanos, Runnable onWait) {
        this.executor = executor;
        this.deadlineNanos = deadlineNanos;
        this.onWait = onWait;
    }

    /**
     * Waits before the next look at a key.
     *
     * @param key for the message
     * @param entryKey the key that another holds
     * @param leaseMillis how long that may last
     * @throws CacheException if the thread is interrupted; it stays so
     */
    void await(Object key, EntryKey entryKey, long leaseMillis) {
        if (!told) {
            told = true;
            onWait.run();
        }
        InvalidationWaiter listening = news;
        if (listening == null || !listening.isOf(entryKey)) {
            close();
            news = executor.trackedKeys().listen(entryKey);
            return;
        }
        long leaseNanos = TimeUnit.MILLISECONDS.toNanos(leaseMillis + SLACK_MILLIS);
        long pauseNanos = executor.announces() ? leaseNanos : Math.min(leaseNanos, PAUSES.delayNanos(pauses++));
        listening.await(Math.min(deadlineNanos - executor.clock().nanos(), pauseNanos));
        listening.rearm();
        if (Thread.currentThread().isInterrupted()) {
            throw new CacheException("interrupted while waiting for '" + key + "', which another call has");
        }
    }

    /** Returns whether the wait is over. */
    boolean isOver() {
        return deadlineNanos - executor.clock().nanos() <= 0;
    }

    @Override
    public void close() {
        if (news != null) {
            news.close();
            news = null;
        }
    }
}
