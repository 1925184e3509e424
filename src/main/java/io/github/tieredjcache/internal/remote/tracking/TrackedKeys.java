package io.github.tieredjcache.internal.remote.tracking;

import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.OwnChanges;
import io.github.tieredjcache.internal.remote.wire.RedisKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tickets of what this node has read or written in one Redis, by Redis key; a message of the server voids them.
 *
 * <p>A key has the ticket of its copy, which stays until there is an answer, and one of the latest fetch or write of each cache that
 * has it; a newer one takes its place, and it is void then. The messages are taken in the order of the stream, on its thread, where no
 * user code runs and nothing blocks.
 *
 * <p>Own writes are echoed: the server announces them to their author right after it answered them. What they mean for the
 * tickets is settled with the answer: a ticket that was taken before it may stand for what was there before the write, and
 * is void; one that is taken after it cannot, and outlives the echo, which is the message that follows the answer at once.
 *
 * <p>Tickets belong to an era of their cache, and are void with it: it is what ends where all may have changed, and with
 * the key that holds the number of the cache's epoch.
 */
public final class TrackedKeys implements OwnChanges {
    private final ConcurrentHashMap<RedisKey, TicketList> tickets = new ConcurrentHashMap<>();
    // By the key of the epoch; one for each instance of a cache that uses this Redis.
    private final ConcurrentHashMap<RedisKey, Set<TrackingGeneration>> generations = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<RedisKey, List<InvalidationWaiter>> waiters = new ConcurrentHashMap<>();
    private final CoherenceProof proof = new CoherenceProof();
    // Only the thread of the current stream sets it; others may clear it, which costs a copy and no more.
    private volatile @Nullable Echo echo;

    /** Returns when the stream was last proven to be alive. */
    public CoherenceProof proof() {
        return proof;
    }

    /** Has a change of the key of an epoch end the era, from before that key is read. */
    public void begin(byte[] epochKey, TrackingGeneration generation) {
        generations.merge(new RedisKey(epochKey), Set.of(generation), TrackedKeys::union);
    }

    /** Ends an era of which nobody needs to hear. */
    public void end(byte[] epochKey, TrackingGeneration generation) {
        generation.end();
        generations.computeIfPresent(new RedisKey(epochKey), (key, begun) -> {
            Set<TrackingGeneration> others = new HashSet<>(begun);
            others.remove(generation);
            return others.isEmpty() ? null : Set.copyOf(others);
        });
    }

    /** Ends the eras of an epoch that is over. */
    public void endAll(byte[] epochKey) {
        var unused = endAll(new RedisKey(epochKey));
    }

    @Override
    public void beganEpoch(byte[] epochKey, @Nullable TrackingGeneration own, InvalidationListener author) {
        RedisKey key = new RedisKey(epochKey);
        generations.computeIfPresent(key, (same, begun) -> {
            begun.stream().filter(each -> each != own).forEach(TrackingGeneration::end);
            return own != null && begun.contains(own) ? Set.of(own) : null;
        });
        notifyAllWaiters();
        echo = new Echo(key, author);
    }

    private Set<TrackingGeneration> endAll(RedisKey epochKey) {
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

    /** Has changes of a key, and the end of the era, void the ticket, from before the key is read or written. */
    public void watch(byte[] redisKey, FillTicket ticket, TrackingGeneration generation) {
        ticket.endWith(generation);
        RedisKey key = new RedisKey(redisKey);
        ticket.onInvalidation(() -> unwatch(key, ticket));
        TicketList[] before = new TicketList[1];
        TicketList unused = tickets.compute(key, (same, watched) -> {
            before[0] = watched;
            return new TicketList(ticket, TicketList.filter(watched, other -> mayCoexist(ticket, other)));
        });
        TicketList.forEach(before[0], other -> {
            if (other != ticket && !mayCoexist(ticket, other)) {
                other.invalidate();
            }
        });
        if (!ticket.isValid()) {
            unwatch(key, ticket);
        }
    }

    private static boolean mayCoexist(FillTicket newer, FillTicket older) {
        return older != newer && older.isValid() && (older.isKept() || older.generation() != newer.generation());
    }

    private void unwatch(RedisKey key, FillTicket ticket) {
        TicketList unused =
                tickets.computeIfPresent(key, (same, watched) -> TicketList.filter(watched, other -> other != ticket));
    }

    /** Has changes of a key, and whatever may have changed it, be news for the current thread until it is closed. */
    public InvalidationWaiter listen(EntryKey entryKey) {
        RedisKey key = new RedisKey(entryKey.bytes());
        InvalidationWaiter waiter = new InvalidationWaiter(this, key);
        waiters.merge(key, List.of(waiter), TrackedKeys::concat);
        return waiter;
    }

    void removeWaiter(RedisKey key, InvalidationWaiter waiter) {
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

    /** Returns how many keys are watched. */
    int watchedKeys() {
        return tickets.size();
    }

    /** Returns whether nobody waits for the end of an epoch. */
    boolean hasNoGenerations() {
        return generations.isEmpty();
    }

    /** Takes an answer of the stream for a proof, and for the end of the wait for an echo. */
    public void replied(long sentNanos) {
        repliedWithoutProof();
        proof.answeredRequestOf(sentNanos);
    }

    /** As {@link #replied}, of a server that would answer this as well if others had the keys and their changes by now. */
    public void repliedWithoutProof() {
        echo = null;
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
        echo = new Echo(key, author);
    }

    /** Takes the server's word that a key has changed. */
    void changed(byte[] redisKey) {
        RedisKey key = new RedisKey(redisKey);
        Echo awaited = echo;
        echo = null;
        if (awaited != null && awaited.key.equals(key)) {
            awaited.author.echoed();
            return;
        }
        TicketList.forEach(tickets.get(key), ticket -> {
            ticket.invalidate();
            ticket.generation().listener().invalidated();
        });
        notifyWaiters(key);
        endAll(key).forEach(each -> each.listener().invalidated());
    }

    /** Says that the stream has ended: whoever waits for its word waits no more. */
    public void disconnected() {
        echo = null;
        notifyAllWaiters();
    }

    /** Takes the server's word, or the beginning of a stream, for a change of all keys. */
    public void allChanged() {
        echo = null;
        // An era that begins from now on is that of an epoch that is asked for after this.
        generations.keySet().forEach(this::endAll);
        notifyAllWaiters();
    }

    /**
     * The tickets of one key, the newest first.
     *
     * @param ticket one of them
     * @param others null for none
     */
    private record TicketList(FillTicket ticket, @Nullable TicketList others) {
        static void forEach(@Nullable TicketList watched, Consumer<FillTicket> action) {
            for (TicketList each = watched; each != null; each = each.others) {
                action.accept(each.ticket);
            }
        }

        static @Nullable TicketList filter(@Nullable TicketList watched, Predicate<FillTicket> which) {
            if (watched == null) {
                return null;
            }
            TicketList others = filter(watched.others, which);
            return which.test(watched.ticket) ? new TicketList(watched.ticket, others) : others;
        }
    }

    /** The message that comes next, and whose own change it tells of. */
    private record Echo(RedisKey key, InvalidationListener author) {}
}
