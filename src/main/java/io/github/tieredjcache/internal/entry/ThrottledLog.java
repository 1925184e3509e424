package io.github.tieredjcache.internal.entry;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A log for what may happen on every request: at most one line in ten seconds, with the number of those left out.
 *
 * <p>One instance a kind of message. Safe for use by many threads.
 */
public final class ThrottledLog {
    private static final long QUIET_NANOS = 10_000_000_000L;

    private final System.Logger logger;
    private final NanoClock clock;
    private final String about;
    private final AtomicLong quietUntil;
    private final AtomicLong leftOut = new AtomicLong();

    /**
     * Creates a log.
     *
     * @param cacheName the cache of which it tells
     */
    public ThrottledLog(System.Logger logger, String cacheName, NanoClock clock) {
        this.logger = logger;
        this.about = "the cache '" + cacheName + "': ";
        this.clock = clock;
        this.quietUntil = new AtomicLong(clock.nanos());
    }

    /** Logs a warning, or counts it. */
    public void warn(String message, @Nullable Throwable cause) {
        long now = clock.nanos();
        long until = quietUntil.get();
        if (now - until < 0 || !quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
            leftOut.incrementAndGet();
            return;
        }
        long suppressed = leftOut.getAndSet(0);
        String suffix = suppressed == 0 ? "" : " (" + suppressed + " more like this in the meantime)";
        logger.log(System.Logger.Level.WARNING, about + message + suffix, cause);
    }
}
