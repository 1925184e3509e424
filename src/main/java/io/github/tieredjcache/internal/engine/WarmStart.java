package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.port.HotKeys;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.cache.CacheException;

/**
 * Fills the near tier of a node that starts with the keys that nodes have read most, and saves such a list of keys for
 * the next start.
 *
 * <p>Only keys are saved. The values come from the tier of record, in small batches with pauses of the same length, so
 * that the node's own lookups are not delayed; no value is loaded from the source.
 *
 * @param <K> the type of the keys
 */
public final class WarmStart<K> {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.warm");
    private static final int BATCH = 25;
    private static final int IDLE_SHARE = 1;
    private static final long PAUSE_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final NearStore<K, ?> store;
    private final TierOfRecord<K, ?> record;
    private final HotKeys<K> hotKeys;
    private final int keysMax;
    private final NanoClock clock;
    /** Held while the list is written: after {@link #close}, a destroyed cache must leave nothing behind. */
    private final ReentrantLock saving = new ReentrantLock();

    private volatile boolean filled;
    private volatile boolean closed;

    /**
     * Creates a warm start that has not begun.
     *
     * @param keysMax how many keys are saved and read
     */
    public WarmStart(
            NearStore<K, ?> store, TierOfRecord<K, ?> record, HotKeys<K> hotKeys, int keysMax, NanoClock clock) {
        this.store = store;
        this.record = record;
        this.hotKeys = hotKeys;
        this.keysMax = keysMax;
        this.clock = clock;
    }

    /**
     * Fills the near tier unless that was done before; may take long. If Redis is unavailable the next call tries
     * again.
     */
    public void fill() {
        if (filled || closed) {
            return;
        }
        try {
            LOG.log(System.Logger.Level.DEBUG, "warm start: {0}", refill());
        } catch (CacheException e) {
            LOG.log(System.Logger.Level.DEBUG, "the warm start failed and is tried again later: {0}", e.getMessage());
        }
    }

    /**
     * Fills the near tier, also if that was done before.
     *
     * @return a report for people
     * @throws CacheException if Redis is unavailable
     */
    public String refill() {
        long beganNanos = clock.nanos();
        List<K> hot = hotKeys.read(keysMax);
        List<K> missing = hot.stream().filter(key -> store.find(key) == null).toList();
        long foundCount = 0;
        for (int from = 0; from < missing.size() && !closed; from += BATCH) {
            foundCount += fill(missing.subList(from, Math.min(from + BATCH, missing.size())));
        }
        filled = true;
        return "read " + foundCount + " of " + hot.size() + " hot keys in "
                + TimeUnit.NANOSECONDS.toMillis(clock.nanos() - beganNanos)
                + " ms; the others were in memory already, or in no tier";
    }

    private long fill(List<K> keys) {
        long beganNanos = clock.nanos();
        Map<K, FillTicket> tickets = new LinkedHashMap<>();
        keys.forEach(key -> tickets.put(key, new FillTicket(clock.nanos())));
        long foundCount;
        try {
            foundCount = record.readAll(tickets, Lifetime.UNCHANGED).values().stream()
                    .filter(read -> read.entry() != null)
                    .count();
        } finally {
            // A ticket without a copy would stay among the tracked keys until its key changes.
            tickets.values().forEach(FillTicket::invalidateUnlessKept);
        }
        long tookNanos = clock.nanos() - beganNanos;
        LockSupport.parkNanos(Math.max(PAUSE_MIN_NANOS, IDLE_SHARE * tookNanos));
        return foundCount;
    }

    /** Saves the keys that this node has read most, followed by the saved keys of other nodes. */
    public void save() {
        saving.lock();
        try {
            if (!closed) {
                writeHotKeys(store.hottest(keysMax));
            }
        } finally {
            saving.unlock();
        }
    }

    private void writeHotKeys(List<K> mine) {
        if (mine.isEmpty()) {
            return;
        }
        try {
            Set<K> hottest = new LinkedHashSet<>(mine);
            hottest.addAll(hotKeys.read(keysMax));
            hotKeys.write(new ArrayList<>(hottest).subList(0, Math.min(keysMax, hottest.size())));
        } catch (CacheException e) {
            LOG.log(System.Logger.Level.DEBUG, "the hot keys could not be saved in Redis: {0}", e.getMessage());
        }
    }

    /** Stops a fill in progress; no keys are saved after this has returned. */
    public void close() {
        // Waits for a save in progress.
        saving.lock();
        try {
            closed = true;
        } finally {
            saving.unlock();
        }
    }
}
