package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Logs when a {@link CircuitBreaker} opens and closes: one line for each, and for outages in quick succession one in a
 * while. Used by one thread.
 */
final class OutageLog {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final CircuitBreaker breaker;
    private final BooleanSupplier isNew;
    private final NanoClock clock;
    private boolean reported;
    private int unreported;
    private long reportedNanos;

    /**
     * Creates the log of a breaker.
     *
     * @param isNew whether no other user of the server has logged an outage lately; asked when one is to be logged
     */
    OutageLog(CircuitBreaker breaker, BooleanSupplier isNew, NanoClock clock) {
        this.breaker = breaker;
        this.isNew = isNew;
        this.clock = clock;
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    /**
     * Logs that the breaker has opened.
     *
     * @param server the address of the server
     */
    void opened(String server) {
        String reason = breaker.reason();
        if (reported || reason == null) {
            return;
        }
        long nowNanos = clock.nanos();
        if (reportedNanos != 0 && nowNanos - reportedNanos < QUIET.toNanos()) {
            unreported++;
            return;
        }
        if (!isNew.getAsBoolean()) {
            return;
        }
        reported = true;
        reportedNanos = nowNanos;
        LOG.log(
                System.Logger.Level.WARNING,
                "Redis at {0} has been unavailable for {1} ms: {2}{3}; until it is back, caches use memory and source, or"
                        + " refuse operations that need Redis (see outage.policy)",
                server,
                Long.toString(TimeUnit.NANOSECONDS.toMillis(nowNanos - breaker.unavailableSinceNanos())),
                reason,
                unreported == 0 ? "" : " (" + unreported + " earlier outages were not logged)");
        unreported = 0;
    }

    /**
     * Logs that the breaker has closed.
     *
     * @param openNanos how long it was open; negative if it was not
     * @param addition appended to the line
     * @return whether a line was logged
     */
    boolean closed(long openNanos, String server, String addition) {
        if (openNanos < 0 || !reported) {
            return false;
        }
        reported = false;
        LOG.log(
                System.Logger.Level.INFO,
                "Redis at {0} is back after {1} ms{2}",
                server,
                Long.toString(TimeUnit.NANOSECONDS.toMillis(openNanos)),
                addition);
        return true;
    }
}
