package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Logs when a {@link CircuitBreaker} shuts and opens: one line an outage, and for outages in quick succession one in a while. Used by one thread. */
final class OutageLog {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final NanoClock clock;
    private boolean reported;
    private int unreported;
    private long reportedNanos;

    OutageLog(NanoClock clock) {
        this.clock = clock;
    }

    /**
     * Says that the gate has shut.
     *
     * @param server where it is
     */
    void opened(CircuitBreaker breaker, String server) {
        String why = breaker.reason();
        if (reported || why == null) {
            return;
        }
        long nowNanos = clock.nanos();
        if (reportedNanos != 0 && nowNanos - reportedNanos < QUIET.toNanos()) {
            unreported++;
            return;
        }
        reported = true;
        reportedNanos = nowNanos;
        LOG.log(
                System.Logger.Level.WARNING,
                "Redis at {0} is away since {1} ms: {2}{3}; until it is back, caches go on with memory and source, or refuse what"
                        + " needs it (see outage.policy)",
                server,
                Long.toString(TimeUnit.NANOSECONDS.toMillis(nowNanos - breaker.unavailableSinceNanos())),
                why,
                unreported == 0 ? "" : " (and " + unreported + " shorter times before)");
        unreported = 0;
    }

    /**
     * Says that the gate has opened.
     *
     * @param shutNanos for how long it was shut; negative if it was not
     * @param what is to be added
     * @return whether there is a line about it
     */
    boolean closed(long shutNanos, String server, String what) {
        if (shutNanos < 0 || !reported) {
            return false;
        }
        reported = false;
        LOG.log(
                System.Logger.Level.INFO,
                "Redis at {0} is back after {1} ms{2}",
                server,
                Long.toString(TimeUnit.NANOSECONDS.toMillis(shutNanos)),
                what);
        return true;
    }
}
