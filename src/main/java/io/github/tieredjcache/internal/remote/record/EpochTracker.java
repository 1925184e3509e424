package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import io.github.tieredjcache.internal.port.OutcomeUnknownException;
import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor.Pending;
import io.github.tieredjcache.internal.remote.connection.RedisConnection;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
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
final class EpochTracker {
    /** How often a read is made again; each time, somebody has cleared the cache while it was under way. */
    private static final int READS_MAX = 1_000;

    private static final byte NEW = '+';
    private static final byte OF_ANOTHER_SERVER = '*';
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");

    private final CommandExecutor executor;
    private final KeySpace space;
    private final boolean repairs;
    private final InvalidationListener listener;
    private final AtomicBoolean toldOfNoHistory = new AtomicBoolean();
    private final AtomicReference<@Nullable Pending<Epoch>> asking = new AtomicReference<>();
    private volatile @Nullable Epoch latest;
    private volatile long highest = Epoch.NONE;

    /**
     * Knows nothing yet.
     *
     * @param repairs whether an epoch ends when the server is another than that with which it began. Each connection ends what is
     *     known of the epoch, so whoever uses the cache on a new one asks first, and the server says what it is.
     * @param listener is told what the server announces of the cache
     */
    EpochTracker(CommandExecutor executor, KeySpace space, boolean repairs, InvalidationListener listener) {
        this.executor = executor;
        this.space = space;
        this.repairs = repairs;
        this.listener = listener;
    }

    CommandExecutor client() {
        return executor;
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
        epoch.generation().end();
    }

    /**
     * Begins a new epoch; this node knows of it when this returns, the others when they hear of it.
     *
     * @throws CacheException as {@link #currentToWriteIn}
     */
    void beginNext() {
        executor.call(RedisCommand.nextEpoch(space, highest)
                .observedBy((answer, changes) -> changes.beganEpoch(space.epochKey(), null, listener)));
        // If nothing is announced nobody has seen the answer.
        executor.trackedKeys().endAll(space.epochKey());
    }

    /** Lets go of what the server announces. */
    void close() {
        Epoch known = latest;
        if (known != null) {
            executor.trackedKeys().end(space.epochKey(), known.generation());
        }
    }

    private Epoch ask() {
        // Everybody by himself, who has his own patience and gets his own exception.
        return executor.awaitShared(this::asked);
    }

    private Pending<Epoch> asked(RedisConnection connection) {
        Pending<Epoch> mine = new Pending<>(connection, new CompletableFuture<>());
        Pending<Epoch> running = asking.compareAndExchange(null, mine);
        if (running == null) {
            ask(connection, mine.answer());
            running = mine;
        }
        return running;
    }

    private void ask(RedisConnection connection, CompletableFuture<Epoch> answered) {
        Epoch before = latest;
        TrackingGeneration generation = new TrackingGeneration(listener);
        AtomicBoolean announced = new AtomicBoolean();
        executor.trackedKeys().begin(space.epochKey(), generation);
        RedisCommand<byte[]> question = RedisCommand.epoch(space, highest, history(connection))
                .observedBy((answer, changes) -> {
                    announced.set(true);
                    if (answer[0] == NEW || answer[0] == OF_ANOTHER_SERVER) {
                        changes.beganEpoch(space.epochKey(), generation, listener);
                    }
                });
        var unused = connection.send(question).whenComplete((digits, failure) -> {
            // Before anybody goes on: who asks after that must not get this answer.
            asking.set(null);
            if (failure == null) {
                if (digits[0] == OF_ANOTHER_SERVER) {
                    LOG.log(
                            System.Logger.Level.INFO,
                            "the cache {0} is empty in Redis at {1} now, which is another server than the one that had it; see"
                                    + " outage.failover-repair",
                            space,
                            executor.address());
                }
                long number = Long.parseLong(new String(digits, US_ASCII).replaceFirst("^[+*]", ""));
                answered.complete(learn(before, number, generation, announced.get()));
            } else {
                executor.trackedKeys().end(space.epochKey(), generation);
                answered.completeExceptionally(failure);
            }
        });
    }

    /** Returns the sign of the data that the server has, empty if it does not matter. */
    private String history(RedisConnection connection) {
        if (!repairs) {
            return "";
        }
        String history = connection.history();
        if (history != null) {
            return history;
        }
        if (toldOfNoHistory.compareAndSet(false, true)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Redis at {0} does not say which data it has, so outage.failover-repair has no effect on the cache {1}; allow the"
                            + " command INFO to this user",
                    executor.address(),
                    space);
        }
        return "";
    }

    private Epoch learn(@Nullable Epoch before, long number, TrackingGeneration generation, boolean announced) {
        if (before != null && before.number() == number && !before.generation().isOver()) {
            executor.trackedKeys().end(space.epochKey(), generation);
            return before;
        }
        if (before != null) {
            executor.trackedKeys().end(space.epochKey(), before.generation());
        }
        Epoch learned = space.epoch(number, generation, announced);
        highest = Math.max(highest, number);
        latest = learned;
        return learned;
    }
}
