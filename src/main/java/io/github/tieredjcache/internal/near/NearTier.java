package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The near tier as a holder of copies of what Redis holds.
 *
 * <p>Nothing enters without a ticket, and a copy lives as long as its ticket: whoever hears of a change voids the ticket,
 * and with it the copy or the fill under way. Own writes overlap on one node without hearing of each other in time, so what
 * they stored is kept only if there was just one.
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
     * @param store where the copies are
     * @param singleFlights the fetches that a write voids
     * @param lifetimeNanos how long a copy is kept at most, counted from before it was asked for; {@link Lifetime#ZERO}
     *     keeps none, {@link Lifetime#ETERNAL} sets no limit
     */
    public NearTier(NearStore<K, V> store, SingleFlights<K, ?> singleFlights, long lifetimeNanos) {
        this.store = store;
        this.singleFlights = singleFlights;
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
     * @return the copy that is kept, else what was fetched
     */
    public @Nullable Entry<V> learn(K key, FillTicket ticket, @Nullable Entry<V> fetched) {
        Entry<V> copy = store.map().get(key);
        if (copy != null
                && (fetched == null || !fetched.version().equals(copy.version()))
                && store.map().remove(key, copy)) {
            NearStore.retire(copy);
        }
        return fetched == null ? null : fill(key, ticket, fetched);
    }

    /**
     * Keeps what was fetched or written under the ticket, if the ticket is still valid.
     *
     * @return the copy that is kept, else what was fetched
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

    /** Says that this node is about to write the key: what it has of the key is forgotten, what it fetches is not kept. */
    public WriteTicket beginWrite(K key) {
        WriteTicket ticket = writes.compute(key, (k, current) -> {
            WriteTicket joined = current == null ? new WriteTicket() : current;
            joined.writers++;
            joined.overlapped |= joined.writers > 1;
            return joined;
        });
        forget(key);
        return ticket;
    }

    /**
     * Says that the write has ended, well or badly.
     *
     * @param after what the tier of record holds since; null if that is nothing or not known
     */
    public void endWrite(K key, WriteTicket ticket, @Nullable Entry<V> after) {
        forget(key);
        FillTicket own = after == null ? null : after.ticket();
        if (after != null && own != null) {
            if (!ticket.overlapped) {
                fill(key, own, after);
            }
            own.invalidateUnlessKept();
        }
        writes.computeIfPresent(key, (k, current) -> --current.writers == 0 ? null : current);
    }

    /** Forgets the key, and what is being fetched of it. */
    public void forget(K key) {
        singleFlights.voidKey(key);
        NearStore.retire(store.map().remove(key));
    }

    /**
     * Drops a copy that the tier of record does not hold.
     *
     * @return whether it was still here, and shown: nothing had said that it has changed, and its time was not over
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

    /** Says that the tier of record has lost everything: who fetches from now on begins anew. The tickets are void already. */
    public void detachAll() {
        singleFlights.voidAll();
    }

    /** Drops the copies that are shown to nobody any more, so that they do not stay for as long as nobody looks at them. */
    public void sweep() {
        long nowNanos = store.nowNanos();
        store.map().forEach((key, copy) -> {
            if ((!copy.isCurrent() || NearStore.isOver(copy, nowNanos))
                    && store.map().remove(key, copy)) {
                NearStore.retire(copy);
            }
        });
    }

    /** Drops all copies, and what is being fetched; also for the end of the cache. */
    public void forgetAll() {
        singleFlights.voidAll();
        store.map().values().forEach(NearStore::retire);
        store.map().clear();
    }

    /** The writes of one key that overlap on this node; what they stored is kept only if there was just one. */
    public static final class WriteTicket {
        private volatile boolean overlapped;
        // Guarded by the compute of the map that holds this.
        private int writers;

        private WriteTicket() {}
    }
}
