package io.github.tieredjcache.internal.support;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A log for events that may happen on every request: at most one line in a span of time, with the number of suppressed
 * lines.
 *
 * <p>One instance for each kind of message. Safe for use by many threads.
 */
public final class ThrottledLog {
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final System.Logger logger;
    private final NanoClock clock;
    private final String prefix;
    private final long quietNanos;
    private final AtomicLong quietUntil;
    private final AtomicLong suppressed = new AtomicLong();

    /**
     * Creates a log of at most one line in ten seconds.
     *
     * @param cacheName begins each line
     */
    public ThrottledLog(System.Logger logger, String cacheName, NanoClock clock) {
        this(logger, cacheName, clock, QUIET);
    }

    /** Creates a log of at most one line in the given time. */
    public ThrottledLog(System.Logger logger, String cacheName, NanoClock clock, Duration quiet) {
        this.logger = logger;
        this.prefix = "cache '" + cacheName + "': ";
        this.clock = clock;
        this.quietNanos = quiet.toNanos();
        this.quietUntil = new AtomicLong(clock.nanos());
    }

    /** Logs a warning, or counts it as suppressed. */
    public void warn(String message, @Nullable Throwable cause) {
        log(System.Logger.Level.WARNING, message, cause);
    }

    /** Logs an information, or counts it as suppressed. */
    public void info(String message) {
        log(System.Logger.Level.INFO, message, null);
    }

    /** Logs an error, or counts it as suppressed. */
    public void error(String message) {
        log(System.Logger.Level.ERROR, message, null);
    }

    private void log(System.Logger.Level level, String message, @Nullable Throwable cause) {
        long now = clock.nanos();
        long until = quietUntil.get();
        if (now - until < 0 || !quietUntil.compareAndSet(until, now + quietNanos)) {
            suppressed.incrementAndGet();
            return;
        }
        long omitted = suppressed.getAndSet(0);
        String suffix = omitted == 0 ? "" : " (" + omitted + " more like this in the meantime)";
        logger.log(level, prefix + message + suffix, cause);
    }
}
