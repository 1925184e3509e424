package io.github.tieredjcache.internal.engine.common;

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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks in the tier of record, in the background, whether it holds what some of the lookups were answered with near.
 *
 * <p>Announcements and answers come in one stream, so an announcement is here before the answer that shows the change, or, where
 * that answer brought the change about (an entry that had expired), right after it. So it is asked twice: a copy that the tier of
 * record does not hold, and of whose change the second answer finds nothing announced, is one that nothing would have ended.
 *
 * <p>One look at a time; what is drawn meanwhile is not looked at.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class NearVerification<K, V> {
    private static final int LOOKS = 2;
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final int oneOf;
    private final NearTier<K, V> near;
    private final BiPredicate<K, Version> recordHolds;
    private final BooleanSupplier isAway;
    private final Executor executor;
    private final TierCounters counters;
    private final ThrottledLog log;
    private final AtomicBoolean looking = new AtomicBoolean();

    private NearVerification(Looking<K, V> how, int oneOf, TierCounters counters, NanoClock clock) {
        this.oneOf = oneOf;
        this.near = how.near;
        this.recordHolds = how.recordHolds;
        this.isAway = how.isAway;
        this.executor = how.executor;
        this.counters = counters;
        this.log = new ThrottledLog(System.getLogger("io.github.tieredjcache.near"), how.cacheName, clock, QUIET);
    }

    /**
     * Returns what looks at one of so many hits, drawn at random; null for 0.
     *
     * @param how what it looks with
     * @param oneOf of how many
     * @param counters are told of copies that it drops
     * @param clock what its log is measured by
     */
    public static <K, V> @Nullable NearVerification<K, V> of(
            Looking<K, V> how, int oneOf, TierCounters counters, NanoClock clock) {
        return oneOf == 0 ? null : new NearVerification<>(how, oneOf, counters, clock);
    }

    /** Looks whether a copy that a lookup was answered with is held, if that is drawn. Does not wait and does not throw. */
    public void read(K key, Entry<V> copy) {
        if (ThreadLocalRandom.current().nextInt(oneOf) != 0
                || isAway.getAsBoolean()
                || !looking.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(() -> lookAndEnd(key, copy));
        } catch (RejectedExecutionException e) {
            looking.set(false);
        }
    }

    private void lookAndEnd(K key, Entry<V> copy) {
        try {
            if (isMissed(key, copy) && near.dropCurrent(key, copy)) {
                counters.nearMismatched();
                log.error("a near copy was dropped that Redis did not hold any more, since nothing had"
                        + " announced its change (" + counters.nearMismatches()
                        + " keys so far): look for what loses messages"
                        + " between this node and Redis (a proxy, a changed server), and set near.time-to-live, which ends"
                        + " such copies");
            }
        } catch (RuntimeException e) {
            // Nothing was learned of the copy: Redis did not answer, or the caller has changed the key since.
        } finally {
            looking.set(false);
        }
    }

    /** Returns whether the tier of record does not hold the copy, twice, and nothing was said of its change. */
    private boolean isMissed(K key, Entry<V> copy) {
        for (int look = 0; look < LOOKS; look++) {
            if (!copy.isCurrent() || recordHolds.test(key, copy.version())) {
                return false;
            }
        }
        return true;
    }

    /**
     * What it takes to look.
     *
     * @param cacheName for the log
     * @param near holds the copies
     * @param recordHolds whether the tier of record holds that version of the key now; asks it, and may throw what it throws
     * @param isAway whether the tier of record is known not to answer; must not wait
     * @param executor runs the look, which blocks
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    public record Looking<K, V>(
            String cacheName,
            NearTier<K, V> near,
            BiPredicate<K, Version> recordHolds,
            BooleanSupplier isAway,
            Executor executor) {}
}
