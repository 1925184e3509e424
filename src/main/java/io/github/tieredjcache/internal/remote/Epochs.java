package io.github.tieredjcache.internal.remote;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.entry.Era;
import io.github.tieredjcache.internal.entry.Hearing;
import io.github.tieredjcache.internal.entry.OutcomeUnknownException;
import io.github.tieredjcache.internal.entry.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.RemoteClient.Pending;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of the epochs of one cache.
 *
 * <p>The number of the epoch is one Redis key, which every node reads on the stream that announces changes: so it hears of
 * a clear before it sees anything that came after it. Where it does not hear (the server refuses to announce), it asks
 * before and after each read. A write takes no chances: its script looks for itself. An epoch whose key was lost (by an
 * eviction, by a flush) is over, and its number never comes again, nor does a lower one.
 *
 * <p>Safe for use by many threads; those that ask at the same time share one question.
 */
final class Epochs {
    /** How often a read is made again; each time, somebody has cleared the cache while it was under way. */
    private static final int READS_MAX = 1_000;

    private static final byte NEW = '+';
    private static final byte OF_ANOTHER_SERVER = '*';
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");

    private final RemoteClient client;
    private final KeySpace space;
    private final boolean repairs;
    private final Hearing hearing;
    private final AtomicBoolean toldOfNoHistory = new AtomicBoolean();
    private final AtomicReference<@Nullable Pending<Epoch>> asking = new AtomicReference<>();
    private volatile @Nullable Epoch latest;
    private volatile long highest = Epoch.NONE;

    /**
     * Knows nothing yet.
     *
     * @param repairs whether an epoch ends when the server is another than that with which it began. Each connection ends what is
     *     known of the epoch, so whoever uses the cache on a new one asks first, and the server says what it is.
     * @param hearing is told what the server announces of the cache
     */
    Epochs(RemoteClient client, KeySpace space, boolean repairs, Hearing hearing) {
        this.client = client;
        this.space = space;
        this.repairs = repairs;
        this.hearing = hearing;
    }

    RemoteClient client() {
        return client;
    }

    /**
     * Returns the current epoch, asking for it if need be.
     *
     * @throws CacheException if Redis cannot be asked
     */
    Epoch current() {
        Epoch known = latest;
        return known != null && known.isSure() ? known : ask();
    }

    /** Reads in the current epoch; what was read is of an epoch that was current when the answer came. */
    <T> T read(Function<Epoch, T> reading) {
        for (int i = 0; i < READS_MAX; i++) {
            Epoch epoch = current();
            T seen = reading.apply(epoch);
            if (epoch.isSure() || ask().number() == epoch.number()) {
                return seen;
            }
        }
        throw new CacheException("gave up on a read that " + READS_MAX + " clears of the cache got in the way of");
    }

    /**
     * Returns the current epoch, of which there must be one.
     *
     * @throws CacheException if Redis cannot be asked, or has no memory for its number; the write has not begun then, so its outcome is
     *     never unknown
     */
    Epoch currentToWriteIn() {
        Epoch known = current();
        if (known.number() != Epoch.NONE) {
            return known;
        }
        try {
            beginNext();
        } catch (OutcomeUnknownException e) {
            throw new RemoteUnavailableException(
                    e.kind(), "nothing was done: the cache has no epoch yet, and Redis did not confirm a new one", e);
        }
        return current();
    }

    /** Takes the word of a script that an epoch is over. */
    void isOver(Epoch epoch) {
        epoch.era().end();
    }

    /**
     * Begins a new epoch; this node knows of it when this returns, the others when they hear of it.
     *
     * @throws CacheException as {@link #currentToWriteIn}
     */
    void beginNext() {
        client.call(Request.nextEpoch(space, highest)
                .seenBy((answer, changes) -> changes.moved(space.epochKey(), null, hearing)));
        // If nothing is announced nobody has seen the answer.
        client.invalidations().endAll(space.epochKey());
    }

    /** Lets go of what the server announces. */
    void close() {
        Epoch known = latest;
        if (known != null) {
            client.invalidations().end(space.epochKey(), known.era());
        }
    }

    private Epoch ask() {
        // Everybody by himself, who has his own patience and gets his own exception.
        return client.awaitShared(this::asked);
    }

    private Pending<Epoch> asked(RedisStream stream) {
        Pending<Epoch> mine = new Pending<>(stream, new CompletableFuture<>());
        Pending<Epoch> running = asking.compareAndExchange(null, mine);
        if (running == null) {
            ask(stream, mine.answer());
            running = mine;
        }
        return running;
    }

    private void ask(RedisStream stream, CompletableFuture<Epoch> answered) {
        Epoch before = latest;
        Era era = new Era(hearing);
        AtomicBoolean announced = new AtomicBoolean();
        client.invalidations().begin(space.epochKey(), era);
        Request<byte[]> question = Request.epoch(space, highest, history(stream))
                .seenBy((answer, changes) -> {
                    announced.set(true);
                    if (answer[0] == NEW || answer[0] == OF_ANOTHER_SERVER) {
                        changes.moved(space.epochKey(), era, hearing);
                    }
                });
        var unused = stream.send(question).whenComplete((digits, failure) -> {
            // Before anybody goes on: who asks after that must not get this answer.
            asking.set(null);
            if (failure == null) {
                if (digits[0] == OF_ANOTHER_SERVER) {
                    LOG.log(
                            System.Logger.Level.INFO,
                            "the cache {0} is empty in Redis at {1} now, which is another server than the one that had it; see"
                                    + " outage.failover-repair",
                            space,
                            client.place());
                }
                long number = Long.parseLong(new String(digits, US_ASCII).replaceFirst("^[+*]", ""));
                answered.complete(learn(before, number, era, announced.get()));
            } else {
                client.invalidations().end(space.epochKey(), era);
                answered.completeExceptionally(failure);
            }
        });
    }

    /** Returns the sign of the data that the server has, empty if it does not matter. */
    private String history(RedisStream stream) {
        if (!repairs) {
            return "";
        }
        String history = stream.history();
        if (history != null) {
            return history;
        }
        if (toldOfNoHistory.compareAndSet(false, true)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Redis at {0} does not say which data it has, so outage.failover-repair has no effect on the cache {1}; allow the"
                            + " command INFO to this user",
                    client.place(),
                    space);
        }
        return "";
    }

    private Epoch learn(@Nullable Epoch before, long number, Era era, boolean announced) {
        if (before != null && before.number() == number && !before.era().isOver()) {
            client.invalidations().end(space.epochKey(), era);
            return before;
        }
        if (before != null) {
            client.invalidations().end(space.epochKey(), before.era());
        }
        Epoch learned = space.epoch(number, era, announced);
        highest = Math.max(highest, number);
        latest = learned;
        return learned;
    }
}
