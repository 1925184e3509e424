package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The log lines about the servers of one Redis Cluster: what several hash slots have to report about a server at about
 * the same time is logged once. Safe for use by many threads.
 */
final class SharedLines {
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final NanoClock clock;
    // When each line was logged last; a few for each server.
    private final Map<String, Long> loggedNanos = new ConcurrentHashMap<>();

    SharedLines(NanoClock clock) {
        this.clock = clock;
    }

    /**
     * Returns whether the caller may log a line, since no other caller has done so lately.
     *
     * @param line names the line and the server; the same text for each hash slot
     */
    boolean isNew(String line) {
        long nowNanos = clock.nanos();
        boolean[] isNew = new boolean[1];
        loggedNanos.compute(line, (same, lastNanos) -> {
            isNew[0] = lastNanos == null || nowNanos - lastNanos >= QUIET.toNanos();
            return isNew[0] ? Long.valueOf(nowNanos) : lastNanos;
        });
        return isNew[0];
    }
}
