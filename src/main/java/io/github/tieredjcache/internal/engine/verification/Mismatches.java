package io.github.tieredjcache.internal.engine.verification;

import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.internal.engine.verification.SourceComparison.Held;
import io.github.tieredjcache.internal.engine.verification.SourceComparison.Result;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ShortText;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The keys whose value in Redis differs from the source, and for how long; counts and logs them.
 *
 * <p>A difference counts as a mismatch only once another comparison, at least a second later, finds the same version in
 * Redis and the same other value in the source. So neither a write on its way through source and cache is a mismatch,
 * nor a value that differs at each load. It counts without a second comparison if Redis holds the source's value by
 * then: it was older, for less than a second. A mismatch is compared again after 10 s, after a minute, and each minute,
 * until it ends.
 *
 * <p>At most {@value #SUSPECTS_MAX} keys are remembered. One thread at a time adds results; any thread may read.
 *
 * @param <K> the type of the keys
 */
public final class Mismatches<K> {
    /** The bound of the remembered keys. */
    static final int SUSPECTS_MAX = 100;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** The ages at which a mismatch is counted once more. */
    private static final Map<TierNumber, Long> AGES = new EnumMap<>(Map.of(
            TierNumber.SOURCE_MISMATCHES_1S, SECOND,
            TierNumber.SOURCE_MISMATCHES_10S, 10 * SECOND,
            TierNumber.SOURCE_MISMATCHES_60S, MINUTE));

    /** The age from which a mismatch is logged: transactions and pauses of processes are shorter as a rule. */
    private static final long LOGGED = 10 * SECOND;

    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int KEY_CHARS_MAX = 100;
    /** Fewer keys whose loads differ may be keys that are changed each second. */
    private static final int INCOMPARABLE_MIN = 3;

    private final TierCounters counters;
    private final long node;
    private final NanoClock clock;
    private final ThrottledLog mismatchLog;
    private final ThrottledLog incomparableLog;
    private final Map<K, Suspect> suspects = new ConcurrentHashMap<>();
    private long incomparable;

    /**
     * Creates an empty collection.
     *
     * @param node the number of this node
     * @param clock throttles the log
     */
    Mismatches(TierCounters counters, long node, NanoClock clock) {
        this.counters = counters;
        this.node = node;
        this.clock = clock;
        System.Logger log = System.getLogger("io.github.tieredjcache.load");
        this.mismatchLog = new ThrottledLog(log, counters.cacheName(), clock, QUIET);
        this.incomparableLog = new ThrottledLog(log, counters.cacheName(), clock, QUIET);
    }

    /** Returns the key that is to be compared again first; null if no comparison is due. */
    @Nullable
    K due() {
        long nowNanos = clock.nanos();
        K first = null;
        long firstNanos = 0;
        for (Map.Entry<K, Suspect> each : suspects.entrySet()) {
            long dueNanos = each.getValue().dueNanos;
            if (nowNanos - dueNanos >= 0 && (first == null || dueNanos - firstNanos < 0)) {
                first = each.getKey();
                firstNanos = dueNanos;
            }
        }
        return first;
    }

    /** Adds the result of a sampled read. */
    void sampled(K key, Result result) {
        Suspect suspect = suspects.get(key);
        if (result.isEqual()) {
            suspects.remove(key);
            counters.sourceChecked();
        } else if (suspect == null || !suspect.version.equals(result.version())) {
            suspect(key, result);
        } else {
            if (suspect.isConfirmed()) {
                countRead(suspect.ageNanos(result));
            }
            confirm(key, suspect, result);
        }
    }

    private void suspect(K key, Result result) {
        if (suspects.size() >= SUSPECTS_MAX && !suspects.containsKey(key)) {
            suspects.entrySet().stream()
                    .max(Comparator.comparingLong(each -> clock.nanos() - each.getValue().sinceNanos))
                    .ifPresent(eldest -> suspects.remove(eldest.getKey()));
        }
        long sinceNanos = result.endedNanos();
        suspects.put(key, new Suspect(result.version(), result.source(), sinceNanos, 0, sinceNanos + SECOND));
    }

    /**
     * Returns whether the key is no mismatch any more, because its entry in Redis has changed.
     *
     * @param held what Redis holds now; null if that is nothing, if a write is in progress, or if the key is not read
     *     from Redis in an outage
     */
    boolean hasEnded(K key, @Nullable Held held) {
        Suspect suspect = suspects.get(key);
        if (suspect != null && held != null && held.version().equals(suspect.version)) {
            return false;
        }
        if (suspect != null && held != null && !suspect.isConfirmed() && Arrays.equals(held.digest(), suspect.source)) {
            countRead(0);
        }
        suspects.remove(key);
        return true;
    }

    /** Adds the result of another comparison of a key that differed. */
    void comparedAgain(K key, Result result) {
        Suspect suspect = suspects.get(key);
        if (result.isEqual()) {
            suspects.remove(key);
        } else if (suspect != null) {
            confirm(key, suspect, result);
        }
    }

    /** Has the key compared again a second later, unless a result says when. */
    void postpone(K key) {
        suspects.computeIfPresent(key, (same, suspect) -> suspect.comparedAgainAt(clock.nanos() + SECOND));
    }

    private void confirm(K key, Suspect suspect, Result result) {
        long ageNanos = suspect.ageNanos(result);
        if (!suspect.isConfirmed() && !Arrays.equals(suspect.source, result.source())) {
            suspects.remove(key);
            incomparable(key);
            return;
        }
        if (ageNanos < SECOND) {
            return;
        }
        if (!suspect.isConfirmed()) {
            countRead(0);
        }
        AGES.forEach((number, age) -> {
            if (suspect.ageNanos < age && ageNanos >= age) {
                counters.sourceMismatched(number);
            }
        });
        long nextNanos = AGES.values().stream()
                .filter(age -> age > ageNanos)
                .min(Long::compare)
                .map(age -> suspect.sinceNanos + age)
                .orElse(result.beganNanos() + MINUTE);
        suspects.put(key, new Suspect(suspect.version, result.source(), suspect.sinceNanos, ageNanos, nextNanos));
        if (ageNanos >= LOGGED) {
            log(key, suspect.version, ageNanos);
        }
    }

    /** Counts a read of a value that was older than the source's by the given time. */
    private void countRead(long ageNanos) {
        counters.sourceChecked();
        counters.sourceMismatched(TierNumber.SOURCE_MISMATCHES);
        AGES.forEach((number, age) -> {
            if (ageNanos >= age) {
                counters.sourceMismatched(number);
            }
        });
    }

    private void log(K key, Version version, long ageNanos) {
        mismatchLog.warn(
                "Redis has held another value than the source for the key " + shown(key) + " for at least "
                        + TimeUnit.NANOSECONDS.toSeconds(ageNanos) + " s; the entry was written last by "
                        + (version.node() == node ? "this node" : "node " + Version.nodeText(version.node())) + " ("
                        + counters.sourceMismatches() + " of " + counters.sourceChecks()
                        + " reads so far were older than the source). Change the source through the cache, or remove the"
                        + " keys of a direct change; a shorter expiry, or load.refresh-ahead, bounds the age",
                null);
    }

    private void incomparable(K key) {
        incomparable++;
        if (incomparable >= INCOMPARABLE_MIN && incomparable > counters.sourceChecks()) {
            incomparableLog.warn(
                    "Redis cannot be compared with the source: two loads of the key " + shown(key)
                            + " returned different values, as for " + incomparable + " of "
                            + (incomparable + counters.sourceChecks())
                            + " reads so far. Leave what differs at each load, such as a time, out of the value, or set"
                            + " load.verify-per-minute to 0 for this cache",
                    null);
        }
    }

    private static String shown(Object key) {
        return "'" + ShortText.of(key, KEY_CHARS_MAX) + "'";
    }

    /** Returns the mismatches, the oldest first. */
    List<Mismatch<K>> all() {
        return suspects.entrySet().stream()
                .filter(each -> each.getValue().isConfirmed())
                .map(each -> new Mismatch<>(
                        each.getKey(), Duration.ofNanos(each.getValue().ageNanos), each.getValue().version))
                .sorted(Comparator.comparing(Mismatch<K>::age).reversed())
                .toList();
    }

    /**
     * A key whose value in Redis differs from the source.
     *
     * @param age how long it has differed at least, as of the last comparison
     * @param version of the entry, which names its last writer
     */
    public record Mismatch<K>(K key, Duration age, Version version) {}

    /**
     * A key that differed at the last comparison.
     *
     * @param version of the entry in Redis
     * @param source the digest of the value of the source
     * @param sinceNanos the end of the first comparison
     * @param ageNanos the time from then to the last comparison; 0 before the second one, which confirms the mismatch
     * @param dueNanos the time of the next comparison
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared as a record.
    private record Suspect(Version version, byte[] source, long sinceNanos, long ageNanos, long dueNanos) {
        boolean isConfirmed() {
            return ageNanos > 0;
        }

        long ageNanos(Result result) {
            return result.beganNanos() - sinceNanos;
        }

        Suspect comparedAgainAt(long nanos) {
            return new Suspect(version, source, sinceNanos, ageNanos, nanos);
        }
    }
}
