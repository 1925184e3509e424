package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.TierStatus;
import io.github.tieredjcache.TierStatus.Condition;
import io.github.tieredjcache.TierStatus.Severity;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the status of one cache from its numbers and the health of its Redis. Safe for use by many threads. */
final class StatusCheck {
    /** One failed load of one is a bad key as often as a bad source. */
    private static final long LOAD_FAILURES_MIN = 3;

    private final ToLongFunction<TierNumber> numbers;
    private final RecentCounts recent;
    private final GaugeSources.@Nullable Remote remote;
    private final NanoClock clock;
    // Guarded by this.
    private Condition last = Condition.OK;
    private long sinceNanos;

    StatusCheck(
            ToLongFunction<TierNumber> numbers,
            RecentCounts recent,
            GaugeSources.@Nullable Remote remote,
            NanoClock clock) {
        this.numbers = numbers;
        this.recent = recent;
        this.remote = remote;
        this.clock = clock;
    }

    /** Returns the status now. */
    synchronized TierStatus status() {
        long nowNanos = clock.nanos();
        RecentCounts.Growth growth = recent.growth();
        return Stream.of(unavailable(), loadsFailing(growth), outOfMemory(), nearSuspended(), valuesRefused(growth))
                .filter(Objects::nonNull)
                // The first of the most severe ones.
                .min(Comparator.comparing(Finding::severity).reversed())
                .map(found -> statusOf(found, nowNanos))
                .orElseGet(() -> {
                    last = Condition.OK;
                    return TierStatus.OK;
                });
    }

    private TierStatus statusOf(Finding found, long nowNanos) {
        if (last != found.condition) {
            last = found.condition;
            sinceNanos = nowNanos;
        }
        long beganNanos = remote != null && found.condition == Condition.REDIS_UNAVAILABLE
                ? remote.health().unavailableSinceNanos()
                : sinceNanos;
        Duration lasting = Duration.ofNanos(Math.max(0, nowNanos - beganNanos));
        return new TierStatus(
                found.severity, found.condition, lasting, found.text.replace("{time}", lasting.toSeconds() + " s"));
    }

    private @Nullable Finding unavailable() {
        String reason = remote == null ? null : remote.health().reason();
        if (remote == null || reason == null) {
            return null;
        }
        return new Finding(
                remote.failsCalls() ? Severity.FAILING : Severity.DEGRADED,
                Condition.REDIS_UNAVAILABLE,
                "Redis at " + remote.server() + " has been unavailable for {time}: " + reason
                        + (remote.failsCalls()
                                ? "; calls fail (outage.policy = fail)"
                                : "; the cache continues with memory and source (outage.policy = local)"));
    }

    private static @Nullable Finding loadsFailing(RecentCounts.Growth growth) {
        long failures = growth.of(TierNumber.LOAD_FAILURES);
        if (failures < LOAD_FAILURES_MIN || 2 * failures < growth.of(TierNumber.LOADS)) {
            return null;
        }
        return new Finding(
                Severity.FAILING,
                Condition.LOADS_FAILING,
                "the loader has been failing for {time}: " + failures + " of its calls failed in the last "
                        + growth.seconds() + " s; callers get the exception of the source, or an expired value with"
                        + " load.stale-for");
    }

    private @Nullable Finding outOfMemory() {
        if (remote == null || numbers.applyAsLong(TierNumber.REMOTE_OUT_OF_MEMORY) == 0) {
            return null;
        }
        return new Finding(
                Severity.DEGRADED,
                Condition.REDIS_OUT_OF_MEMORY,
                "Redis at " + remote.server() + " has been out of memory for {time} and stores no new values; raise its"
                        + " maxmemory or give it an eviction policy");
    }

    private @Nullable Finding nearSuspended() {
        long ageMillis = numbers.applyAsLong(TierNumber.COHERENCE_PROOF_AGE_MILLIS);
        if (remote == null
                || remote.health().isUnavailable()
                || (ageMillis >= 0 && ageMillis <= numbers.applyAsLong(TierNumber.STALENESS_BOUND_MILLIS))) {
            return null;
        }
        return new Finding(
                Severity.DEGRADED,
                Condition.NEAR_TIER_SUSPENDED,
                "the near tier has not answered for {time}: there is no coherence proof within near.staleness-bound;"
                        + " reads go to Redis, and the log of io.github.tieredjcache.remote has the reason");
    }

    private static @Nullable Finding valuesRefused(RecentCounts.Growth growth) {
        long refused = growth.of(TierNumber.VALUES_REFUSED);
        if (refused == 0) {
            return null;
        }
        return new Finding(
                Severity.DEGRADED,
                Condition.VALUES_REFUSED,
                "values have been refused for {time}: " + refused + " in the last " + growth.seconds()
                        + " s cannot be copied or encoded, so their keys have no entry; the log names their classes");
    }

    /**
     * A condition that holds.
     *
     * @param text has {@code {time}} where the duration belongs
     */
    private record Finding(Severity severity, Condition condition, String text) {}
}
