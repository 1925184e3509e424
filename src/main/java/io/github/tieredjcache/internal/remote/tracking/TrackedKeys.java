package io.github.tieredjcache.internal.remote.tracking;

import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.OwnChanges;
import io.github.tieredjcache.internal.remote.wire.RedisKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fill tickets of the keys that this node has read or written in one Redis, by Redis key. An invalidation from the
 * server invalidates the tickets of its key.
 *
 * <p>A key has the ticket of its near copy, which stays until a newer fetch or write has its reply, and for each cache
 * that has the key one ticket of the latest fetch or write; a newer one replaces and invalidates it. Invalidations are
 * handled in the order of the connection, on its event loop, where no user code runs and nothing blocks.
 *
 * <p>The server sends the invalidation of an own write (its echo) right after the reply to the write. So the reply
 * settles the tickets: a ticket that was taken before the reply may belong to a read of the old value, and is
 * invalidated; a ticket that is taken after the reply cannot, and the echo, which is the next message, leaves it valid.
 * The echoes of a script that changes several keys are the next messages, in the order of the changes.
 *
 * <p>Each ticket belongs to a tracking generation of its cache and is invalid once the generation has ended. A
 * generation ends when all keys may have changed, and when the key that holds the epoch of the cache changes.
 */
public final class TrackedKeys implements OwnChanges {
    private final ConcurrentHashMap<RedisKey, TicketList> tickets = new ConcurrentHashMap<>();
    // By the key that holds the epoch; one generation for each cache instance that uses this Redis.
    private final ConcurrentHashMap<RedisKey, Set<TrackingGeneration>> generations = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<RedisKey, List<InvalidationWaiter>> waiters = new ConcurrentHashMap<>();
    private final CoherenceProof proof = new CoherenceProof();
    // The next messages, in their order. Added to only on the event loop of the current connection. Other threads may
    // clear it, which costs near copies and no more.
    private final Queue<Echo> echoes = new ConcurrentLinkedQueue<>();

    /** Returns the time of the last proof that invalidations arrive. */
    public CoherenceProof proof() {
        return proof;
    }

    /** Ends the generation when the key of its epoch changes. Call it before that key is read. */
    public void beginGeneration(byte[] epochKey, TrackingGeneration generation) {
        generations.merge(new RedisKey(epochKey), Set.of(generation), TrackedKeys::union);
    }

    /** Ends a generation and removes it. Its listener is not notified. */
    public void endGeneration(byte[] epochKey, TrackingGeneration generation) {
        generation.end();
        generations.computeIfPresent(new RedisKey(epochKey), (key, begun) -> {
            Set<TrackingGeneration> others = new HashSet<>(begun);
            others.remove(generation);
            return others.isEmpty() ? null : Set.copyOf(others);
        });
    }

    /** Ends the generations of an epoch that is over. */
    public void endGenerations(byte[] epochKey) {
        var unused = endGenerations(new RedisKey(epochKey));
    }

    @Override
    public void beganEpoch(byte[] epochKey, @Nullable TrackingGeneration own, InvalidationListener author) {
        RedisKey key = new RedisKey(epochKey);
        generations.computeIfPresent(key, (same, begun) -> {
            begun.stream().filter(each -> each != own).forEach(TrackingGeneration::end);
            return own != null && begun.contains(own) ? Set.of(own) : null;
        });
        notifyAllWaiters();
        echoes.add(new Echo(key, author));
    }

    private Set<TrackingGeneration> endGenerations(RedisKey epochKey) {
        Set<TrackingGeneration> ended = generations.remove(epochKey);
        if (ended == null) {
            return Set.of();
        }
        ended.forEach(TrackingGeneration::end);
        notifyAllWaiters();
        return ended;
    }

    private static Set<TrackingGeneration> union(Set<TrackingGeneration> some, Set<TrackingGeneration> others) {
        Set<TrackingGeneration> all = new HashSet<>(some);
        all.addAll(others);
        return Set.copyOf(all);
    }

    /**
     * Invalidates the ticket when the key changes or the generation ends. Call it before the key is read or written.
     */
    public void watch(byte[] redisKey, FillTicket ticket, TrackingGeneration generation) {
        ticket.bindTo(generation);
        RedisKey key = new RedisKey(redisKey);
        ticket.onInvalidation(() -> unwatch(key, ticket));
        List<FillTicket> outdated = new ArrayList<>();
        TicketList unused = tickets.compute(
                key,
                (same, list) -> new TicketList(
                        ticket, TicketList.filter(list, other -> mayCoexist(ticket, other) || !outdated.add(other))));
        // Exactly those that are not in the list any more: a copy that is kept under one meanwhile would get no
        // invalidation.
        outdated.stream().filter(each -> each != ticket).forEach(FillTicket::invalidate);
        if (!ticket.isValid()) {
            unwatch(key, ticket);
        }
    }

    private static boolean mayCoexist(FillTicket newer, FillTicket older) {
        return older != newer && older.isValid() && (older.isKept() || older.generation() != newer.generation());
    }

    private void unwatch(RedisKey key, FillTicket ticket) {
        TicketList unused =
                tickets.computeIfPresent(key, (same, list) -> TicketList.filter(list, other -> other != ticket));
    }

    /** Returns a waiter that wakes the current thread, until it is closed, whenever the key may have changed. */
    public InvalidationWaiter listen(EntryKey entryKey) {
        RedisKey key = new RedisKey(entryKey.bytes());
        InvalidationWaiter waiter = new InvalidationWaiter(key, closed -> removeWaiter(key, closed));
        waiters.merge(key, List.of(waiter), TrackedKeys::concat);
        return waiter;
    }

    private void removeWaiter(RedisKey key, InvalidationWaiter waiter) {
        waiters.computeIfPresent(key, (same, all) -> {
            List<InvalidationWaiter> others =
                    all.stream().filter(each -> each != waiter).toList();
            return others.isEmpty() ? null : others;
        });
    }

    private static List<InvalidationWaiter> concat(List<InvalidationWaiter> some, List<InvalidationWaiter> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private void notifyAllWaiters() {
        waiters.keySet().forEach(this::notifyWaiters);
    }

    private void notifyWaiters(RedisKey key) {
        List<InvalidationWaiter> all = waiters.get(key);
        if (all != null) {
            all.forEach(InvalidationWaiter::arrive);
        }
    }

    /** Returns how many keys have a ticket. */
    int watchedKeys() {
        return tickets.size();
    }

    /** Returns whether no generation is registered. */
    boolean hasNoGenerations() {
        return generations.isEmpty();
    }

    /**
     * Records a reply on the connection as a coherence proof; the wait for an echo ends.
     *
     * @param sentNanos when its request was sent, by the monotonic clock
     */
    public void replied(long sentNanos) {
        repliedWithoutProof();
        proof.recordReply(sentNanos);
    }

    /**
     * As {@link #replied}, but records no proof: the server would have sent this reply even if other servers hold the
     * keys by now.
     */
    public void repliedWithoutProof() {
        echoes.clear();
    }

    @Override
    public void wrote(byte[] redisKey, @Nullable FillTicket own, InvalidationListener author) {
        RedisKey key = new RedisKey(redisKey);
        TicketList.forEach(tickets.get(key), ticket -> {
            if (ticket != own) {
                ticket.invalidate();
            }
        });
        notifyWaiters(key);
        echoes.add(new Echo(key, author));
    }

    /** Handles the invalidation of one key: an echo only if it is the one that is expected next. */
    void changed(byte[] redisKey) {
        RedisKey key = new RedisKey(redisKey);
        Echo awaited = echoes.poll();
        if (awaited != null && awaited.key.equals(key)) {
            awaited.author.echoed();
            return;
        }
        echoes.clear();
        TicketList.forEach(tickets.get(key), ticket -> {
            ticket.invalidate();
            ticket.generation().listener().invalidated();
        });
        notifyWaiters(key);
        endGenerations(key).forEach(each -> each.listener().invalidated());
    }

    /** Handles the loss of the connection: wakes all waiters, since no invalidation can reach them. */
    public void disconnected() {
        echoes.clear();
        notifyAllWaiters();
    }

    /** Handles a change of all keys: a flush, or a new connection. */
    public void allChanged() {
        echoes.clear();
        // A generation that is registered after this line belongs to an epoch that is read after the change.
        generations.keySet().forEach(this::endGenerations);
        notifyAllWaiters();
    }

    /**
     * The tickets of one key, the newest first.
     *
     * @param ticket the newest
     * @param others the rest; null for none
     */
    private record TicketList(FillTicket ticket, @Nullable TicketList others) {
        static void forEach(@Nullable TicketList list, Consumer<FillTicket> action) {
            for (TicketList each = list; each != null; each = each.others) {
                action.accept(each.ticket);
            }
        }

        static @Nullable TicketList filter(@Nullable TicketList list, Predicate<FillTicket> condition) {
            if (list == null) {
                return null;
            }
            TicketList others = filter(list.others, condition);
            return condition.test(list.ticket) ? new TicketList(list.ticket, others) : others;
        }
    }

    /**
     * An invalidation that is expected as one of the next messages, because this node has changed the key.
     *
     * @param author notified of the echo
     */
    private record Echo(RedisKey key, InvalidationListener author) {}
}
