package io.github.tieredjcache;

import java.time.Duration;

/**
 * The status of a cache on this node, or of a manager: what is wrong, for how long, and why, in one sentence. It
 * describes the present; an unwrapped status does not change.
 *
 * <pre>{@code
 * TierStatus status = cache.unwrap(TierStatus.class); // or manager.unwrap(TierStatus.class)
 * }</pre>
 *
 * <p>If several conditions hold at once, the status is the most severe, and among equals the first in the order of
 * {@link Condition}. The status of a manager is the most severe of its caches. To read a status sends no command to
 * Redis. Immutable.
 *
 * @param severity the severity of the condition
 * @param condition the condition that holds
 * @param lasting how long it has lasted; exact for {@link Condition#REDIS_UNAVAILABLE}, for the other conditions since
 *     this node first noticed, which is by a check every 10 seconds or by a reading of the status
 * @param text one sentence with cause and cure, {@code OK} if nothing is wrong; without keys, values and passwords
 */
public record TierStatus(Severity severity, Condition condition, Duration lasting, String text) {
    /** Nothing is wrong. */
    public static final TierStatus OK = new TierStatus(Severity.OK, Condition.OK, Duration.ZERO, "OK");

    /** The severities, in ascending order. */
    public enum Severity {
        /** The cache works. */
        OK(0),
        /** Calls succeed, with less than the cache is configured for. */
        DEGRADED(1),
        /** Calls fail. */
        FAILING(2);

        private final int level;

        Severity(int level) {
            this.level = level;
        }

        /** Returns the number of the severity in meters and JMX, from 0 for {@link #OK} to 2. */
        public int level() {
            return level;
        }
    }

    /** The conditions that a status may report. */
    public enum Condition {
        /** Nothing is wrong. */
        OK,
        /**
         * The circuit breaker of Redis is open. {@link Severity#FAILING} by {@code outage.policy = fail}, else {@link
         * Severity#DEGRADED}.
         */
        REDIS_UNAVAILABLE,
        /**
         * Of the loads of the last minute at least half failed, and at least 3. {@link Severity#FAILING}: the callers get
         * the exception, or an expired value with {@code load.stale-for}.
         */
        LOADS_FAILING,
        /** Redis is out of memory: it refuses to store values. {@link Severity#DEGRADED}: keys have no entry in Redis. */
        REDIS_OUT_OF_MEMORY,
        /**
         * The near tier does not answer although Redis is available: its coherence proof is older than {@code
         * near.staleness-bound}, or there is none. {@link Severity#DEGRADED}: reads go to Redis.
         */
        NEAR_TIER_SUSPENDED,
        /**
         * Values of the last minute were dropped instead of stored, because they cannot be copied or encoded. {@link
         * Severity#DEGRADED}: their keys have no entry.
         */
        VALUES_REFUSED
    }

    /** Returns whether nothing is wrong. */
    public boolean isOk() {
        return severity == Severity.OK;
    }

    /** Returns the sentence. */
    @Override
    public String toString() {
        return text;
    }
}
