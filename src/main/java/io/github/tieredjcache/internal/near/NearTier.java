package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The near tier as a holder of copies of entries in Redis.
 *
 * <p>No copy enters without a ticket, and a copy lives as long as its ticket: an invalidation ends the ticket, and
 * with it the copy or the fill in progress. Writes of this node may overlap without receiving each other's
 * invalidations in time, so a written value is kept only if its write did not overlap with another.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class NearTier<K, V> {
    private final NearStore<K, V> store;
    private final SingleFlights<K, ?> singleFlights;
    private final ConcurrentHashMap<K, WriteTicket> writes = new ConcurrentHashMap<>();
    private final long lifetimeNanos;

    /**
     * Creates the near tier of a shared cache.
     *
     * @param store holds the copies
     * @param singleFlights the fetches that a write invalidates
     * @param lifetimeNanos how long a copy is kept at most, from before its entry was read; {@link Lifetime#ZERO}
     *     keeps none, {@link Lifetime#ETERNAL} sets no limit
     */
    public NearTier(NearStore<K, V> store, SingleFlights<K, ?> singleFlights, long lifetimeNanos) {
        this.store = store;
        this.singleFlights = singleFlights;
        this.lifetimeNanos = lifetimeNanos;
    }

    /** Returns the store of the copies. */
    public NearStore<K, V> store() {
        return store;
    }

    /** Returns the copy of the key, or null. */
    public @Nullable Entry<V> find(K key) {
        return store.find(key);
    }

    /**
     * Brings the near tier in line with a read of the tier of record: drops a copy of another version, and keeps the
     * fetched entry if the ticket is still valid.
     *
     * @param fetched null if the tier of record has no entry
     * @return the copy that is kept, else the fetched entry
     */
    public @Nullable Entry<V> reconcile(K key, FillTicket ticket, @Nullable Entry<V> fetched) {
        Entry<V> copy = store.map().get(key);
        if (copy != null
                && (fetched == null || !fetched.version().equals(copy.version()))
                && store.map().remove(key, copy)) {
            NearStore.retire(copy);
        }
        return fetched == null ? null : fill(key, ticket, fetched);
    }

    /**
     * Keeps a fetched or written entry under the ticket, if the ticket is still valid.
     *
     * @return the copy that is kept, else the fetched entry
     */
    public Entry<V> fill(K key, FillTicket ticket, Entry<V> fetched) {
        if (lifetimeNanos == Lifetime.ZERO || !fetched.isSettled()) {
            return fetched;
        }
        Entry<V> copy = fetched.keptUntil(Lifetime.deadline(ticket.takenNanos(), lifetimeNanos), ticket);
        Entry<V> held = store.map().compute(key, (k, current) -> {
            if (!ticket.isValid()) {
                return current;
            }
            ticket.keep();
            if (current != null && current.ticket() != ticket) {
                NearStore.retire(current);
            }
            return copy;
        });
        return held == copy ? copy : fetched;
    }

    /** Begins a write of the key by this node: drops its copy, and fetches in progress are not kept. */
    public WriteTicket beginWrite(K key) {
        WriteTicket ticket = writes.compute(key, (k, current) -> {
            WriteTicket joined = current == null ? new WriteTicket() : current;
            joined.writers++;
            joined.overlapped |= joined.writers > 1;
            return joined;
        });
        drop(key);
        return ticket;
    }

    /**
     * Ends a write, successful or not.
     *
     * @param after the entry that the tier of record holds since; null if there is none or it is not known
     */
    public void endWrite(K key, WriteTicket ticket, @Nullable Entry<V> after) {
        drop(key);
        FillTicket own = after == null ? null : after.ticket();
        if (after != null && own != null) {
            if (!ticket.overlapped) {
                fill(key, own, after);
            }
            own.invalidateUnlessKept();
        }
        writes.computeIfPresent(key, (k, current) -> --current.writers == 0 ? null : current);
    }

    /** Drops the copy of the key, and invalidates its fetch in progress. */
    public void drop(K key) {
        singleFlights.invalidateKey(key);
        NearStore.retire(store.map().remove(key));
    }

    /**
     * Drops a copy that the tier of record does not hold.
     *
     * @return whether the copy was there and would have been returned to callers: no change was received, and its time
     *     was not over
     */
    public boolean dropCurrent(K key, Entry<V> copy) {
        if (!copy.isCurrent()
                || NearStore.isOver(copy, store.nowNanos())
                || !store.map().remove(key, copy)) {
            return false;
        }
        NearStore.retire(copy);
        return true;
    }

    /** Detaches all fetches after the tier of record was cleared; the tickets of the copies are invalid already. */
    public void detachAll() {
        singleFlights.invalidateAll();
    }

    /** Drops copies that are not returned to callers any more, so that copies without readers do not stay. */
    public void sweep() {
        long nowNanos = store.nowNanos();
        store.map().forEach((key, copy) -> {
            if ((!copy.isCurrent() || NearStore.isOver(copy, nowNanos))
                    && store.map().remove(key, copy)) {
                NearStore.retire(copy);
            }
        });
    }

    /** Drops all copies and invalidates all fetches; also called when the cache is closed. */
    public void dropAll() {
        singleFlights.invalidateAll();
        store.map().values().forEach(NearStore::retire);
        store.map().clear();
    }

    /** The overlapping writes of one key on this node; a written value is kept only if there was just one. */
    public static final class WriteTicket {
        private volatile boolean overlapped;
        // Guarded by the compute of the map that holds this.
        private int writers;

        private WriteTicket() {}
    }
}
