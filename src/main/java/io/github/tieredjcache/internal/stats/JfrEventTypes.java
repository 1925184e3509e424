package io.github.tieredjcache.internal.stats;

import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The event classes of {@link JfrEvents}; loaded only in a runtime with the module {@code jdk.jfr}. */
final class JfrEventTypes {
    private JfrEventTypes() {}

    static JfrSpan load(String cacheName, int keys) {
        Load event = new Load();
        if (!event.isEnabled()) {
            return succeeded -> {};
        }
        event.begin();
        return succeeded -> {
            event.end();
            if (event.shouldCommit()) {
                event.cache = cacheName;
                event.keys = keys;
                event.failed = !succeeded;
                event.commit();
            }
        };
    }

    static void conflict(String cacheName) {
        Conflict event = new Conflict();
        if (event.isEnabled()) {
            event.cache = cacheName;
            event.commit();
        }
    }

    static void breaker(String server, boolean open, String reason, Duration unavailable) {
        CircuitBreaker event = new CircuitBreaker();
        if (event.isEnabled()) {
            event.server = server;
            event.open = open;
            event.reason = reason;
            event.unavailableNanos = unavailable.toNanos();
            event.commit();
        }
    }

    @Name("io.github.tieredjcache.Load")
    @Label("Cache Load")
    @Description("A call of a CacheLoader")
    @Category({"Tiered JCache"})
    static final class Load extends Event {
        @Label("Cache")
        String cache = "";

        @Label("Keys")
        int keys;

        @Label("Failed")
        boolean failed;
    }

    @Name("io.github.tieredjcache.Conflict")
    @Label("Cache Conflict")
    @Description("A write attempt that lost against another writer and is decided again")
    @Category({"Tiered JCache"})
    static final class Conflict extends Event {
        @Label("Cache")
        String cache = "";
    }

    @Name("io.github.tieredjcache.CircuitBreaker")
    @Label("Redis Circuit Breaker")
    @Description("The circuit breaker of a Redis opened (Redis is unavailable) or closed (it is available again)")
    @Category({"Tiered JCache"})
    @StackTrace(false)
    static final class CircuitBreaker extends Event {
        @Label("Server")
        String server = "";

        @Label("Open")
        boolean open;

        @Label("Reason")
        String reason = "";

        @Label("Unavailable For")
        @Timespan(Timespan.NANOSECONDS)
        long unavailableNanos;
    }
}
