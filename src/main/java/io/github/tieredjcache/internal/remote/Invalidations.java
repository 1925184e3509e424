package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.CoherenceProof;
import io.github.tieredjcache.internal.entry.FillTicket;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tickets of what this node has read or written in one Redis, by Redis key; a message of the server voids them.
 *
 * <p>One ticket a key: a newer fetch or write takes the place of what was there, which is void then. The messages are
 * taken in the order of the stream, on its thread, where no user code runs and nothing blocks.
 *
 * <p>Own writes are echoed: the server announces them to their author right after it answered them. What they mean for the
 * tickets is settled with the answer: a ticket that was taken before it may stand for what was there before the write, and
 * is void; one that is taken after it cannot, and outlives the echo, which is the message that follows the answer at once.
 */
final class Invalidations {
    private final ConcurrentHashMap<RedisKey, FillTicket> tickets = new ConcurrentHashMap<>();
    private final CoherenceProof proof = new CoherenceProof();
    // Only the thread of the current stream sets it; others may clear it, which costs a copy and no more.
    private volatile @Nullable RedisKey echo;

    /** Returns when the stream was last proven to be alive. */
    CoherenceProof proof() {
        return proof;
    }

    /** Has changes of a key void the ticket, from before the key is read or written. */
    void watch(byte[] redisKey, FillTicket ticket) {
        RedisKey key = new RedisKey(redisKey);
        ticket.onVoid(() -> tickets.remove(key, ticket));
        FillTicket before = tickets.put(key, ticket);
        if (before != null && before != ticket) {
            before.voidIt();
        }
        if (!ticket.isValid()) {
            tickets.remove(key, ticket);
        }
    }

    /** Returns how many keys are watched. */
    int watched() {
        return tickets.size();
    }

    /** Takes an answer of the stream for a proof, and for the end of the wait for an echo. */
    void answered(long sentNanos) {
        echo = null;
        proof.answeredRequestOf(sentNanos);
    }

    /**
     * Says that the answer just taken was that of a script of this node that changed the key, so that an echo comes next.
     *
     * @param own the ticket under which the script stored what it stored; null if it stored nothing to keep
     */
    void wrote(byte[] redisKey, @Nullable FillTicket own) {
        RedisKey key = new RedisKey(redisKey);
        FillTicket ticket = tickets.get(key);
        if (ticket != null && ticket != own) {
            ticket.voidIt();
        }
        echo = key;
    }

    /** Takes the server's word that a key has changed. */
    void changed(byte[] redisKey) {
        RedisKey key = new RedisKey(redisKey);
        boolean isEcho = key.equals(echo);
        echo = null;
        FillTicket ticket = isEcho ? null : tickets.get(key);
        if (ticket != null) {
            ticket.voidIt();
        }
    }

    /** Takes the server's word, or the end of the stream, for a change of all keys. */
    void allChanged() {
        echo = null;
        // What is watched from now on is asked of the server after this.
        tickets.values().forEach(FillTicket::voidIt);
    }
}
