package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.CacheCommands;
import io.github.tieredjcache.internal.remote.wire.Digits;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Removes the entries of earlier epochs of a cache from Redis, in small batches with pauses, on the second connection.
 *
 * <p>The task and the node that does it are recorded in Redis, the latter for a limited time: if the node dies, another
 * one continues. No entry is added to an earlier epoch, so one pass finds all.
 */
final class Reclaimer {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration PAUSE_MAX = Duration.ofMillis(50);
    /** How many times longer the pause after a batch is than the batch took. */
    private static final int IDLE_SHARE = 2;

    /** How often the touch of a round names the key of the leftovers; more often than all other keys together. */
    private static final int LEFTOVERS_TOUCHED = 3;

    private final CommandExecutor executor;
    private final KeySpace space;
    private final byte[] caller;
    private final NanoClock clock;
    private final ThrottledLog log;
    private final AtomicBoolean running = new AtomicBoolean();

    /**
     * Creates a reclaimer that does nothing yet.
     *
     * @param caller the id of this node's reclaimer in Redis
     */
    Reclaimer(CommandExecutor executor, KeySpace space, Version caller) {
        this.executor = executor;
        this.space = space;
        this.caller = StoredEntryHeader.bytes(caller);
        this.clock = executor.clock();
        this.log = new ThrottledLog(System.getLogger("io.github.tieredjcache.remote"), space.toString(), clock);
    }

    /**
     * Marks the epoch and the id of its data set as in use, so that Redis evicts them later, and removes the entries of
     * earlier epochs, if there are any.
     */
    void run() {
        if (!running.compareAndSet(false, true)) {
            return;
        }
        try {
            // Redis counts a key as often as it is named, so the count tells whether there are leftovers.
            byte[] leftovers = space.leftoversKey();
            List<byte[]> keys = List.of(space.epochKey(), space.historyKey(), leftovers, leftovers, leftovers);
            if (executor.callOnSideConnection(RedisCommand.touch(keys)) >= LEFTOVERS_TOUCHED) {
                reclaim();
            }
        } catch (RemoteUnavailableException e) {
            // The connection supervisor has logged the outage, and the task is recorded in Redis.
        } catch (CacheException e) {
            if (!executor.isClosed()) {
                log.warn(
                        "the entries from before a clear could not be removed from Redis, and the removal is tried"
                                + " again; they are never read, and only take memory: "
                                + e.getMessage(),
                        e);
            }
        } finally {
            running.set(false);
        }
    }

    /** Removes all keys of the cache, those of this epoch, too, without pauses. */
    void purge() {
        remove(Long.MAX_VALUE, false);
        executor.callOnSideConnection(RedisCommand.unlink(List.of(
                space.epochKey(),
                space.leftoversKey(),
                space.historyKey(),
                space.reclaimerKey(),
                space.partitionsKey(),
                space.hotKeysKey())));
    }

    /** Removes the entries of this epoch and all earlier ones, without pauses. */
    void removeAll() {
        remove(Long.MAX_VALUE, false);
    }

    private void reclaim() {
        byte[] firstEpochToKeep = take();
        while (firstEpochToKeep != null) {
            if (!remove(Long.parseLong(new String(firstEpochToKeep, US_ASCII)), true)) {
                return;
            }
            // After another clear meanwhile there are more entries to remove.
            byte[] more = executor.callOnSideConnection(CacheCommands.endReclaim(space, caller, firstEpochToKeep));
            firstEpochToKeep = more == null ? null : take();
        }
    }

    private byte @Nullable [] take() {
        return executor.callOnSideConnection(CacheCommands.takeReclaim(space, caller, LEASE));
    }

    /**
     * Removes the entries of earlier epochs; returns false if the right to do so was lost to another node meanwhile.
     */
    private boolean remove(long firstEpochToKeep, boolean paced) {
        KeyScan scan = new KeyScan(executor, space.pattern());
        long takenNanos = clock.nanos();
        while (scan.hasNext()) {
            long beganNanos = clock.nanos();
            List<byte[]> old = scan.next().stream()
                    .filter(key -> space.isOfEpochBefore(key, firstEpochToKeep))
                    .toList();
            if (!old.isEmpty()) {
                executor.callOnSideConnection(RedisCommand.unlink(old));
            }
            if (paced) {
                long nowNanos = clock.nanos();
                LockSupport.parkNanos(Math.min(IDLE_SHARE * (nowNanos - beganNanos), PAUSE_MAX.toNanos()));
                if (nowNanos - takenNanos > LEASE.toNanos() / 4) {
                    takenNanos = nowNanos;
                    if (!Arrays.equals(Digits.of(firstEpochToKeep), take())) {
                        return false;
                    }
                }
            }
        }
        return true;
    }
}
