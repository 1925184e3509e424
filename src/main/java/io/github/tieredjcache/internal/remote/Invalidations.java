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
 * <p>Own writes are echoed: the server announces them to their author right after it answered them. The message that
 * follows the answer of an own write at once is its echo, and does not void the ticket of that very write. Any other
 * message does.
 */
final class Invalidations {
    private final ConcurrentHashMap<RedisKey, FillTicket> tickets = new ConcurrentHashMap<>();
    private final CoherenceProof proof = new CoherenceProof();
    // Only the thread of the current stream sets it; others may clear it, which costs a copy and no more.
    private volatile @Nullable Echo expected;

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
        expected = null;
        proof.answeredRequestOf(sentNanos);
    }

    /** Says that the answer just taken was that of an own write, whose echo is what comes next. */
    void expectEcho(byte[] redisKey, FillTicket ticket) {
        expected = new Echo(new RedisKey(redisKey), ticket);
    }

    /** Takes the server's word that a key has changed. */
    void changed(byte[] redisKey) {
        Echo echo = expected;
        expected = null;
        RedisKey key = new RedisKey(redisKey);
        FillTicket ticket = tickets.get(key);
        if (ticket != null
                && !(echo != null && echo.ticket() == ticket && echo.key().equals(key))) {
            ticket.voidIt();
        }
    }

    /** Takes the server's word, or the end of the stream, for a change of all keys. */
    void allChanged() {
        expected = null;
        // What is watched from now on is asked of the server after this.
        tickets.values().forEach(FillTicket::voidIt);
    }

    /** An own write's message to its author. */
    private record Echo(RedisKey key, FillTicket ticket) {}
}
