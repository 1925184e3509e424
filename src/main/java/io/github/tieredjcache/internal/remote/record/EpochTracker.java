package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor.Pending;
import io.github.tieredjcache.internal.remote.connection.RedisConnection;
import io.github.tieredjcache.internal.remote.connection.ServerNotice;
import io.github.tieredjcache.internal.remote.wire.CacheCommands;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the current epoch of one cache on this node.
 *
 * <p>The number of the epoch is one Redis key, which every node reads on the connection that carries the invalidations.
 * So a node receives the invalidation by a clear before any reply that reflects a later change. If the server sends no
 * invalidations, the node reads the number before and after each read. A write is always safe: its script compares the
 * number itself. An epoch whose key was lost, by an eviction or a flush, is over; later epochs have greater numbers.
 *
 * <p>Safe for use by many threads; concurrent callers share one read of the number.
 */
final class EpochTracker {
    /** How often a read is tried; it is tried again when the cache was cleared meanwhile. */
    private static final int READS_MAX = 1_000;

    private static final byte NEW = '+';
    private static final byte OF_OTHER_DATA_SET = '*';
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");

    private final CommandExecutor executor;
    private final KeySpace space;
    private final @Nullable PartitionCount partitions;
    private final boolean failoverRepair;
    private final InvalidationListener listener;
    private final AtomicReference<@Nullable Pending<Epoch>> pendingRead = new AtomicReference<>();
    private volatile @Nullable Epoch latest;
    private volatile long highest = Epoch.NONE;

    /**
     * Creates a tracker that knows no epoch yet.
     *
     * @param partitions the number of partitions of the cache; null without a cluster
     * @param failoverRepair whether an epoch ends when the server holds another data set than the one with which the
     *     epoch began. A new connection ends the tracking generation, so the first caller on it reads the epoch, and
     *     compares the data set.
     * @param listener receives the invalidations of the cache
     */
    EpochTracker(
            CommandExecutor executor,
            KeySpace space,
            @Nullable PartitionCount partitions,
            boolean failoverRepair,
            InvalidationListener listener) {
        this.executor = executor;
        this.space = space;
        this.partitions = partitions;
        this.failoverRepair = failoverRepair;
        this.listener = listener;
    }

    CommandExecutor executor() {
        return executor;
    }

    /**
     * Returns the current epoch, and reads it from Redis unless this node can rely on the known one.
     *
     * @throws CacheException if Redis is unavailable
     */
    Epoch current() {
        Epoch known = latest;
        return known != null && known.isCertainlyCurrent() ? known : readShared();
    }

    /** Begins to read the current epoch if {@link #current} would have to. Neither waits nor throws. */
    void prepare() {
        Epoch known = latest;
        if ((known == null || !known.isCertainlyCurrent()) && (partitions == null || partitions.isConfirmed())) {
            executor.beginShared(this::startOrJoinRead);
        }
    }

    /** Reads in the current epoch, and returns a result only if the epoch was still current when the reply came. */
    <T> T read(Function<Epoch, T> reading) {
        return this.<T>beginRead(epoch -> {
                    T result = reading.apply(epoch);
                    return () -> result;
                })
                .get();
    }

    /** Begins to read as {@link #read} does; the result waits for the reply. */
    <T> Supplier<T> beginRead(Function<Epoch, Supplier<T>> reading) {
        Epoch epoch = current();
        Supplier<T> begun = reading.apply(epoch);
        return () -> finishRead(epoch, begun, reading);
    }

    private <T> T finishRead(Epoch first, Supplier<T> begun, Function<Epoch, Supplier<T>> reading) {
        Epoch epoch = first;
        T result = begun.get();
        for (int i = 0; i < READS_MAX; i++) {
            if (epoch.isCertainlyCurrent() || readShared().number() == epoch.number()) {
                return result;
            }
            epoch = current();
            result = reading.apply(epoch).get();
        }
        throw new CacheException("gave up on a read because the cache was cleared " + READS_MAX + " times during it");
    }

    /**
     * Returns the current epoch, and begins one if there is none.
     *
     * @throws CacheException if Redis is unavailable, or has no memory for the number; the write has not begun then, so
     *     its outcome is never unknown
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
                    e.kind(),
                    "nothing was changed: the cache has no epoch in Redis yet, and Redis did not confirm a new one",
                    e);
        }
        return current();
    }

    /** Notes an epoch as over if the reply of a script in it reports that. */
    void noteIfOver(Epoch epoch, ScriptReply reply) {
        if (reply.status() == ScriptReply.Status.EPOCH_OVER) {
            markOver(epoch);
        }
    }

    /** Notes that a script reported an epoch as over. */
    void markOver(Epoch epoch) {
        epoch.generation().end();
    }

    /**
     * Begins a new epoch. This node uses it when this method returns, other nodes when they receive the invalidation.
     *
     * @throws CacheException as {@link #currentToWriteIn}
     */
    void beginNext() {
        sendNext().run();
    }

    /**
     * Sends the command that begins a new epoch.
     *
     * @return waits for the reply, and throws as {@link #beginNext}; to be called once, by the same thread
     */
    Runnable sendNext() {
        if (partitions != null) {
            partitions.require();
        }
        Supplier<List<byte[]>> sent = executor.beginAll(List.of(CacheCommands.nextEpoch(space, highest)
                .observedBy((reply, changes) -> changes.beganEpoch(space.epochKey(), null, listener))));
        return () -> {
            var unused = sent.get();
            // Without invalidations the observer above was not called.
            executor.trackedKeys().endGenerations(space.epochKey());
        };
    }

    /** Ends the tracking generation. */
    void close() {
        Epoch known = latest;
        if (known != null) {
            executor.trackedKeys().endGeneration(space.epochKey(), known.generation());
        }
    }

    private Epoch readShared() {
        if (partitions != null) {
            partitions.require();
        }
        // Callers share the read, but each has its own timeout and its own exception.
        return executor.awaitShared(this::startOrJoinRead);
    }

    private Pending<Epoch> startOrJoinRead(RedisConnection connection) {
        Pending<Epoch> mine = new Pending<>(connection, new CompletableFuture<>());
        Pending<Epoch> running = pendingRead.compareAndExchange(null, mine);
        if (running == null) {
            sendRead(connection, mine.reply());
            running = mine;
        }
        return running;
    }

    private void sendRead(RedisConnection connection, CompletableFuture<Epoch> result) {
        Epoch before = latest;
        TrackingGeneration generation =
                new TrackingGeneration(listener, executor.trackedKeys().proof());
        AtomicBoolean tracked = new AtomicBoolean();
        executor.trackedKeys().beginGeneration(space.epochKey(), generation);
        RedisCommand<byte[]> command = CacheCommands.epoch(space, highest, history(connection))
                .observedBy((reply, changes) -> {
                    tracked.set(true);
                    if (reply[0] == NEW || reply[0] == OF_OTHER_DATA_SET) {
                        changes.beganEpoch(space.epochKey(), generation, listener);
                    }
                });
        var unused = connection.sendReserved(command).whenComplete((digits, failure) -> {
            // Before the callers continue: a later caller must not get this reply.
            pendingRead.set(null);
            if (failure == null) {
                if (digits[0] == OF_OTHER_DATA_SET) {
                    logOtherDataSet(connection);
                }
                long number = Long.parseLong(new String(digits, US_ASCII).replaceFirst("^[+*]", ""));
                result.complete(update(before, number, generation, tracked.get()));
            } else {
                executor.trackedKeys().endGeneration(space.epochKey(), generation);
                result.completeExceptionally(failure);
            }
        });
    }

    private void logOtherDataSet(RedisConnection connection) {
        if (connection.isFirst(ServerNotice.OTHER_DATA_SET)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "the cache {0} is empty in Redis at {1} now, and so is each other cache there with the setting"
                            + " outage.failover-repair, when it is used: the server has another data set than before, by a"
                            + " failover, a restart or a hash slot that has moved, so the last changes may be missing",
                    space,
                    executor.address());
        }
    }

    /** Returns the id of the server's data set; empty if it is not compared, or if the server does not report it. */
    private String history(RedisConnection connection) {
        if (!failoverRepair) {
            return "";
        }
        String history = connection.replicationId();
        if (history != null) {
            return history;
        }
        if (connection.isFirst(ServerNotice.NO_REPLICATION_ID)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Redis at {0} does not report its replication ID, so the setting outage.failover-repair has no effect"
                            + " there; allow the command INFO to this user",
                    executor.address());
        }
        return "";
    }

    private Epoch update(@Nullable Epoch before, long number, TrackingGeneration generation, boolean tracked) {
        if (before != null && before.number() == number && !before.generation().isOver()) {
            executor.trackedKeys().endGeneration(space.epochKey(), generation);
            return before;
        }
        if (before != null) {
            executor.trackedKeys().endGeneration(space.epochKey(), before.generation());
        }
        Epoch current = new Epoch(space, number, generation, tracked);
        highest = Math.max(highest, number);
        latest = current;
        return current;
    }
}
