package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.CoherenceProof;
import io.github.tieredjcache.internal.entry.Era;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Hearing;
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
final class Invalidations implements OwnChanges {
    private final ConcurrentHashMap<RedisKey, Watched> tickets = new ConcurrentHashMap<>();
    // By the key of the epoch; one for each instance of a cache that uses this Redis.
    private final ConcurrentHashMap<RedisKey, Set<Era>> eras = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<RedisKey, List<News>> listeners = new ConcurrentHashMap<>();
    private final CoherenceProof proof = new CoherenceProof();
    // Only the thread of the current stream sets it; others may clear it, which costs a copy and no more.
    private volatile @Nullable Echo echo;

    /** Returns when the stream was last proven to be alive. */
    CoherenceProof proof() {
        return proof;
    }

    /** Has a change of the key of an epoch end the era, from before that key is read. */
    void begin(byte[] epochKey, Era era) {
        eras.merge(new RedisKey(epochKey), Set.of(era), Invalidations::union);
    }

    /** Ends an era of which nobody needs to hear. */
    void end(byte[] epochKey, Era era) {
        era.end();
        eras.computeIfPresent(new RedisKey(epochKey), (key, begun) -> {
            Set<Era> others = new HashSet<>(begun);
            others.remove(era);
            return others.isEmpty() ? null : Set.copyOf(others);
        });
    }

    /** Ends the eras of an epoch that is over. */
    void endAll(byte[] epochKey) {
        var unused = endAll(new RedisKey(epochKey));
    }

    @Override
    public void moved(byte[] epochKey, @Nullable Era own, Hearing author) {
        RedisKey key = new RedisKey(epochKey);
        eras.computeIfPresent(key, (same, begun) -> {
            begun.stream().filter(each -> each != own).forEach(Era::end);
            return own != null && begun.contains(own) ? Set.of(own) : null;
        });
        tellAll();
        echo = new Echo(key, author);
    }

    private Set<Era> endAll(RedisKey epochKey) {
        Set<Era> ended = eras.remove(epochKey);
        if (ended == null) {
            return Set.of();
        }
        ended.forEach(Era::end);
        tellAll();
        return ended;
    }

    private static Set<Era> union(Set<Era> some, Set<Era> others) {
        Set<Era> all = new HashSet<>(some);
        all.addAll(others);
        return Set.copyOf(all);
    }

    /** Has changes of a key, and the end of the era, void the ticket, from before the key is read or written. */
    void watch(byte[] redisKey, FillTicket ticket, Era era) {
        ticket.endWith(era);
        RedisKey key = new RedisKey(redisKey);
        ticket.onVoid(() -> unwatch(key, ticket));
        Watched[] before = new Watched[1];
        Watched unused = tickets.compute(key, (same, watched) -> {
            before[0] = watched;
            return new Watched(ticket, Watched.those(watched, other -> staysBeside(ticket, other)));
        });
        Watched.forEach(before[0], other -> {
            if (other != ticket && !staysBeside(ticket, other)) {
                other.voidIt();
            }
        });
        if (!ticket.isValid()) {
            unwatch(key, ticket);
        }
    }

    private static boolean staysBeside(FillTicket newer, FillTicket older) {
        return older != newer && older.isValid() && (older.isKept() || older.era() != newer.era());
    }

    private void unwatch(RedisKey key, FillTicket ticket) {
        Watched unused =
                tickets.computeIfPresent(key, (same, watched) -> Watched.those(watched, other -> other != ticket));
    }

    /** Has changes of a key, and whatever may have changed it, be news for the current thread until it is closed. */
    News listen(EntryKey entryKey) {
        RedisKey key = new RedisKey(entryKey.bytes());
        News news = new News(this, key);
        listeners.merge(key, List.of(news), Invalidations::joined);
        return news;
    }

    void ignore(RedisKey key, News news) {
        listeners.computeIfPresent(key, (same, all) -> {
            List<News> others = all.stream().filter(each -> each != news).toList();
            return others.isEmpty() ? null : others;
        });
    }

    private static List<News> joined(List<News> some, List<News> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private void tellAll() {
        listeners.keySet().forEach(this::tell);
    }

    private void tell(RedisKey key) {
        List<News> all = listeners.get(key);
        if (all != null) {
            all.forEach(News::arrive);
        }
    }

    /** Returns how many keys are watched. */
    int watched() {
        return tickets.size();
    }

    /** Returns whether nobody waits for the end of an epoch. */
    boolean isWithoutEras() {
        return eras.isEmpty();
    }

    /** Takes an answer of the stream for a proof, and for the end of the wait for an echo. */
    void answered(long sentNanos) {
        answeredWithoutProof();
        proof.answeredRequestOf(sentNanos);
    }

    /** As {@link #answered}, of a server that would answer this as well if others had the keys and their changes by now. */
    void answeredWithoutProof() {
        echo = null;
    }

    @Override
    public void wrote(byte[] redisKey, @Nullable FillTicket own, Hearing author) {
        RedisKey key = new RedisKey(redisKey);
        Watched.forEach(tickets.get(key), ticket -> {
            if (ticket != own) {
                ticket.voidIt();
            }
        });
        tell(key);
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
        Watched.forEach(tickets.get(key), ticket -> {
            ticket.voidIt();
            ticket.era().hearing().changed();
        });
        tell(key);
        endAll(key).forEach(each -> each.hearing().changed());
    }

    /** Says that the stream has ended: whoever waits for its word waits no more. */
    void unheard() {
        echo = null;
        tellAll();
    }

    /** Takes the server's word, or the beginning of a stream, for a change of all keys. */
    void allChanged() {
        echo = null;
        // An era that begins from now on is that of an epoch that is asked for after this.
        eras.keySet().forEach(this::endAll);
        tellAll();
    }

    /**
     * The tickets of one key, the newest first.
     *
     * @param ticket one of them
     * @param others null for none
     */
    private record Watched(FillTicket ticket, @Nullable Watched others) {
        static void forEach(@Nullable Watched watched, Consumer<FillTicket> action) {
            for (Watched each = watched; each != null; each = each.others) {
                action.accept(each.ticket);
            }
        }

        static @Nullable Watched those(@Nullable Watched watched, Predicate<FillTicket> which) {
            if (watched == null) {
                return null;
            }
            Watched others = those(watched.others, which);
            return which.test(watched.ticket) ? new Watched(watched.ticket, others) : others;
        }
    }

    /** The message that comes next, and whose own change it tells of. */
    private record Echo(RedisKey key, Hearing author) {}
}
