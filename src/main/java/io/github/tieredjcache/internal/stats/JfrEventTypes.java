package io.github.tieredjcache.internal.stats;

import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The events of {@link JfrEvents}; loaded only where there is one. */
final class JfrEventTypes {
    private JfrEventTypes() {}

    static JfrEvents.Span load(String cacheName, int keys) {
        Load event = new Load();
        if (!event.isEnabled()) {
            return well -> {};
        }
        event.begin();
        return well -> {
            event.end();
            if (event.shouldCommit()) {
                event.cache = cacheName;
                event.keys = keys;
                event.failed = !well;
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

    static void gate(String server, boolean open, String reason, Duration away) {
        RemoteGate event = new RemoteGate();
        if (event.isEnabled()) {
            event.server = server;
            event.open = open;
            event.reason = reason;
            event.awayNanos = away.toNanos();
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
    @Description("A decision on an entry that lost against another writer and is made again")
    @Category({"Tiered JCache"})
    static final class Conflict extends Event {
        @Label("Cache")
        String cache = "";
    }

    @Name("io.github.tieredjcache.RemoteGate")
    @Label("Redis Gate")
    @Description("Redis is known to be away, or is back")
    @Category({"Tiered JCache"})
    @StackTrace(false)
    static final class RemoteGate extends Event {
        @Label("Server")
        String server = "";

        @Label("Open")
        boolean open;

        @Label("Reason")
        String reason = "";

        @Label("Away For")
        @Timespan(Timespan.NANOSECONDS)
        long awayNanos;
    }
}
