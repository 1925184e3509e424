package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Lifetime;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The near tier as a holder of copies of what Redis holds.
 *
 * <p>Two doors lead in, and both ask for a ticket: {@link #fill} keeps what was fetched unless the key has changed since
 * the fetch began, {@link #endWrite} keeps what this node wrote unless another write of the node overlapped. So neither
 * an old fill nor an old own write outlives a newer one, whatever the order of the threads.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class NearTier<K, V> {
    private final NearStore<K, V> store;
    private final Flights<K, ?> flights;
    private final ConcurrentHashMap<K, WriteTicket> writes = new ConcurrentHashMap<>();
    private final long lifetimeNanos;

    /**
     * Creates the near tier of a shared cache.
     *
     * @param store where the copies are
     * @param flights the fetches that a write voids
     * @param lifetimeNanos how long a copy is kept at most, counted from before it was asked for; {@link Lifetime#ZERO}
     *     keeps none
     */
    public NearTier(NearStore<K, V> store, Flights<K, ?> flights, long lifetimeNanos) {
        this.store = store;
        this.flights = flights;
        this.lifetimeNanos = lifetimeNanos;
    }

    /** Returns the copy of the key, or null. */
    public @Nullable Entry<V> find(K key) {
        return store.find(key);
    }

    /**
     * Takes note of what the tier of record holds: drops a copy that says otherwise, and keeps what was fetched if the
     * ticket is still valid.
     *
     * @param fetched null if the tier of record holds nothing
     */
    public void learn(K key, FillTicket ticket, @Nullable Entry<V> fetched) {
        Entry<V> copy = store.map().get(key);
        if (copy != null && (fetched == null || !fetched.version().equals(copy.version()))) {
            store.map().remove(key, copy);
        }
        if (fetched != null) {
            fill(key, ticket, fetched);
        }
    }

    /** Keeps what was fetched under the ticket, if the ticket is still valid. */
    public void fill(K key, FillTicket ticket, Entry<V> fetched) {
        if (lifetimeNanos == Lifetime.ZERO || !fetched.isSettled()) {
            return;
        }
        Entry<V> copy = fetched.endingBy(Lifetime.deadline(ticket.takenNanos(), lifetimeNanos));
        store.map().compute(key, (k, current) -> ticket.isValid() ? copy : current);
    }

    /** Says that this node is about to write the key: what it has of the key is forgotten, what it fetches is not kept. */
    public WriteTicket beginWrite(K key) {
        WriteTicket ticket = writes.compute(key, (k, current) -> {
            WriteTicket joined = current == null ? new WriteTicket(new FillTicket(store.nowNanos())) : current;
            joined.writers++;
            if (joined.writers > 1) {
                joined.fill.voidIt();
            }
            return joined;
        });
        forget(key);
        return ticket;
    }

    /**
     * Says that the write has ended, well or badly.
     *
     * @param after what it stored; null if it stored nothing, or if that is not known
     */
    public void endWrite(K key, WriteTicket ticket, @Nullable Entry<V> after) {
        forget(key);
        if (after != null) {
            fill(key, ticket.fill, after);
        }
        writes.computeIfPresent(key, (k, current) -> --current.writers == 0 ? null : current);
    }

    /** Forgets the key, and what is being fetched of it. */
    public void forget(K key) {
        flights.voidKey(key);
        store.map().remove(key);
    }

    /** Forgets everything, and what is being fetched or written. */
    public void forgetAll() {
        writes.values().forEach(write -> write.fill.voidIt());
        List<K> fetching = flights.voidAll();
        store.map().clear();
        // A fill that found its ticket valid may be putting its entry behind the clearing; a removal waits for it.
        fetching.forEach(store.map()::remove);
        writes.keySet().forEach(store.map()::remove);
    }

    /** The writes of one key that overlap on this node; what they stored is kept only if there was just one. */
    public static final class WriteTicket {
        private final FillTicket fill;
        // Guarded by the compute of the map that holds this.
        private int writers;

        private WriteTicket(FillTicket fill) {
            this.fill = fill;
        }
    }
}
