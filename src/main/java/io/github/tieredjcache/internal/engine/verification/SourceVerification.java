package io.github.tieredjcache.internal.engine.verification;

import io.github.tieredjcache.TierStatus;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Compares in the background, for a sample of the hits, what Redis holds with what the source has; {@link Mismatches}
 * decides which differences count.
 *
 * <p>At most one comparison at a time. Each calls the loader at most once, on a load thread, under a permit of the
 * bulkhead that no load waits for; the calls keep a minimum interval. Nothing is loaded while Redis is unavailable or
 * loads fail; after a failed call of the loader the verification pauses, up to a minute. The loaded values are not
 * stored, and the calls do not count as loads. Safe for use by many threads.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class SourceVerification<K, V> {
    /** How often {@link #tick} is to be called. */
    public static final Duration TICK = Duration.ofMillis(100);

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Components<K, V> components;
    private final SourceComparison<K, V> comparison;
    private final Mismatches<K> mismatches;
    private final TierCounters counters;
    private final NanoClock clock;
    private final long intervalNanos;
    private final AtomicBoolean comparing = new AtomicBoolean();
    /** Whether the next hit is sampled. */
    private final AtomicBoolean sampling = new AtomicBoolean();

    private volatile long nextLoadNanos;
    // Of the comparison in progress.
    private volatile long pauseNanos = FIRST_PAUSE_NANOS;
    // Of the thread that calls tick.
    private boolean lastWasDue;

    private SourceVerification(Components<K, V> components, int perMinute, TierCounters counters, NanoClock clock) {
        this.components = components;
        this.comparison =
                new SourceComparison<>(components.keys, components.values, components.remote, this::load, clock);
        this.mismatches = new Mismatches<>(counters, components.node, clock);
        this.counters = counters;
        this.clock = clock;
        this.intervalNanos = MINUTE_NANOS / perMinute;
        this.nextLoadNanos = clock.nanos() + intervalNanos;
    }

    /**
     * Returns a verification; null if there is no loader, or if {@code perMinute} is 0.
     *
     * @param perMinute the maximum number of calls of the loader in a minute
     * @param counters count the results
     * @param clock measures ages and intervals, and throttles the log
     */
    public static <K, V> @Nullable SourceVerification<K, V> of(
            Components<K, V> components, int perMinute, TierCounters counters, NanoClock clock) {
        return perMinute == 0 || !components.source.loads()
                ? null
                : new SourceVerification<>(components, perMinute, counters, clock);
    }

    /**
     * Begins the next comparison if its time has come: that of a key that differed before, or of the next hit. To be
     * called by one thread at a time; does not wait.
     */
    public void tick() {
        if (comparing.get() || clock.nanos() - nextLoadNanos < 0) {
            return;
        }
        if (counters.status().condition() == TierStatus.Condition.LOADS_FAILING) {
            sampling.set(false);
            return;
        }
        K due = mismatches.due();
        // Taking turns, so that many differing keys do not end the sampling; except if there was no hit since.
        if (due != null && (!lastWasDue || sampling.get())) {
            lastWasDue = true;
            sampling.set(false);
            begin(() -> compareAgain(due));
        } else {
            lastWasDue = false;
            sampling.set(true);
        }
    }

    /** Compares the key of a hit, if it is sampled. Neither waits nor throws. */
    public void read(K key) {
        // Read first: nearly every hit is not sampled.
        if (sampling.get() && sampling.compareAndSet(true, false)) {
            K own = components.copyOfKey.apply(key);
            begin(() -> compare(own));
        }
    }

    /** Returns the keys that differ from the source, those that have differed longest first. */
    public List<Mismatches.Mismatch<K>> mismatches() {
        return mismatches.all();
    }

    private void begin(Runnable work) {
        if (!comparing.compareAndSet(false, true)) {
            return;
        }
        try {
            components.loadThreads.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    // The comparison has no result: Redis is unavailable, or a value cannot be encoded.
                } finally {
                    comparing.set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            comparing.set(false);
        }
    }

    private void compare(K key) {
        SourceComparison.Held held = comparison.held(key);
        SourceComparison.Result result = held == null ? null : comparison.compare(key, held);
        if (result != null) {
            mismatches.sampled(key, result);
        }
    }

    private void compareAgain(K key) {
        // Unless this comparison has a result.
        mismatches.postpone(key);
        SourceComparison.Held held = comparison.held(key);
        if (mismatches.hasEnded(key, held) || held == null) {
            return;
        }
        SourceComparison.Result result = comparison.compare(key, held);
        if (result != null) {
            mismatches.comparedAgain(key, result);
        }
    }

    /** Returns what the source has; null if the loader was not called or failed. */
    private SourceComparison.@Nullable Loaded<V> load(K key) {
        K own = components.copyOfKey.apply(key);
        AtomicReference<SourceComparison.Loaded<V>> loaded = new AtomicReference<>();
        // Also if the bulkhead is full: the next try is an interval later.
        nextLoadNanos = clock.nanos() + intervalNanos;
        try {
            boolean unused = components.ifFree.test(
                    () -> loaded.set(new SourceComparison.Loaded<>(components.source.loadUncounted(own))));
            pauseNanos = FIRST_PAUSE_NANOS;
        } catch (Exception e) {
            // A lookup that loads the key reports the failure to its caller.
            nextLoadNanos = clock.nanos() + Math.max(intervalNanos, pauseNanos);
            pauseNanos = Math.min(2 * pauseNanos, MINUTE_NANOS);
        }
        return loaded.get();
    }

    /**
     * The components of a verification.
     *
     * @param source has the loader
     * @param remote reads the entry of a key in Redis, without near copies, and without an access that moves its
     *     deadline; null if there is none, or if the node does not read that key from Redis now, as in an outage. May
     *     throw
     * @param keys encode keys
     * @param values encode the values to compare
     * @param copyOfKey returns a key for the loader to keep
     * @param loadThreads run the comparisons, which block and call the loader
     * @param ifFree runs a load if the bulkhead has a permit that no other load waits for; returns whether it has run
     * @param node the number of this node
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    public record Components<K, V>(
            Source<K, V> source,
            Function<K, @Nullable Entry<V>> remote,
            KeyCodec<K> keys,
            ValueCodec<V> values,
            UnaryOperator<K> copyOfKey,
            Executor loadThreads,
            Predicate<Runnable> ifFree,
            long node) {}
}
