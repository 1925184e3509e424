package io.github.tieredjcache.internal.engine.verification;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks in the background, for a sample of near hits, whether the tier of record still holds the entry.
 *
 * <p>Invalidations and replies come in order on one connection, so the invalidation arrives before a reply that shows
 * the change, or right after it if the read itself caused the change (an entry that had expired). So each check reads
 * twice: a copy that Redis does not hold and that is still valid after the second read has missed its invalidation.
 *
 * <p>One check at a time; hits that are sampled meanwhile are not checked.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class NearVerification<K, V> {
    private static final int READS = 2;
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final int sampleOneOf;
    private final NearTier<K, V> near;
    private final BiPredicate<K, Version> recordHolds;
    private final Executor executor;
    private final TierCounters counters;
    private final ThrottledLog log;
    private final AtomicBoolean checking = new AtomicBoolean();

    private NearVerification(Components<K, V> how, int sampleOneOf, TierCounters counters, NanoClock clock) {
        this.sampleOneOf = sampleOneOf;
        this.near = how.near;
        this.recordHolds = how.recordHolds;
        this.executor = how.executor;
        this.counters = counters;
        this.log = new ThrottledLog(System.getLogger("io.github.tieredjcache.near"), how.cacheName, clock, QUIET);
    }

    /**
     * Returns a verification of a random sample of the hits; null if {@code sampleOneOf} is 0.
     *
     * @param how the components
     * @param sampleOneOf checks one of this many hits
     * @param counters count dropped copies
     * @param clock throttles the log
     */
    public static <K, V> @Nullable NearVerification<K, V> of(
            Components<K, V> how, int sampleOneOf, TierCounters counters, NanoClock clock) {
        return sampleOneOf == 0 ? null : new NearVerification<>(how, sampleOneOf, counters, clock);
    }

    /** Checks the copy of a near hit, if it is sampled. Neither waits nor throws. */
    public void read(K key, Entry<V> copy) {
        if (ThreadLocalRandom.current().nextInt(sampleOneOf) != 0 || !checking.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(() -> check(key, copy));
        } catch (RejectedExecutionException e) {
            checking.set(false);
        }
    }

    private void check(K key, Entry<V> copy) {
        try {
            boolean held = false;
            for (int read = 0; read < READS && !held; read++) {
                if (!copy.isCurrent()) {
                    return;
                }
                held = recordHolds.test(key, copy.version());
            }
            if (held) {
                counters.nearChecked();
            } else if (near.dropCurrent(key, copy)) {
                counters.nearChecked();
                counters.nearMismatched();
                log.error("a near copy was dropped: Redis did not hold it any more, and no invalidation had arrived ("
                        + counters.nearMismatches()
                        + " keys so far). Find out what loses messages between this node and Redis (a proxy, a changed"
                        + " server), and set near.time-to-live, which bounds the age of such copies");
            }
        } catch (RuntimeException e) {
            // The check has no result: Redis is unavailable, or the caller has changed the key object since.
        } finally {
            checking.set(false);
        }
    }

    /**
     * The components of a verification.
     *
     * @param cacheName for the log
     * @param near holds the copies
     * @param recordHolds returns whether the tier of record holds that version of the key; reads it, and may throw its
     *     exceptions
     * @param executor runs the check, which blocks
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    public record Components<K, V>(
            String cacheName, NearTier<K, V> near, BiPredicate<K, Version> recordHolds, Executor executor) {}
}
