package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
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
 * Removes from Redis what the earlier epochs of a cache have left, in small batches with pauses, on the second connection.
 *
 * <p>Redis itself holds what is to be done and who does it, for a limited time: if a node dies over it, another goes on.
 * Nothing is added to an earlier epoch, so one pass finds everything.
 */
final class Reclaimer {
    private static final Duration HOLD = Duration.ofSeconds(30);
    private static final Duration PAUSE_MAX = Duration.ofMillis(50);
    /** For every moment in which Redis looks for keys, so many in which it does not. */
    private static final int IDLE_SHARE = 2;

    private final CommandExecutor executor;
    private final KeySpace space;
    private final byte[] caller;
    private final NanoClock clock;
    private final ThrottledLog log;
    private final AtomicBoolean running = new AtomicBoolean();

    /**
     * Creates a reclaimer that does nothing yet.
     *
     * @param caller what Redis knows it by
     */
    Reclaimer(CommandExecutor executor, KeySpace space, Version caller) {
        this.executor = executor;
        this.space = space;
        this.caller = StoredEntryHeader.bytes(caller);
        this.clock = executor.clock();
        this.log = new ThrottledLog(System.getLogger("io.github.tieredjcache.remote"), space.toString(), clock);
    }

    /** Says that a cache of this process uses the epoch, and looks whether there is something to do; does that. */
    void run() {
        if (!running.compareAndSet(false, true)) {
            return;
        }
        try {
            List<byte[]> both = List.of(space.epochKey(), space.leftoversKey());
            if (executor.callAside(RedisCommand.touch(both)) == both.size()) {
                reclaim();
            }
        } catch (RemoteUnavailableException e) {
            // The link has said so in the log; what is to be done is known to Redis.
        } catch (CacheException e) {
            if (!executor.isClosed()) {
                log.warn(
                        "what a clear left in Redis could not be removed and is tried again; nobody reads it, it only takes memory: "
                                + e.getMessage(),
                        e);
            }
        } finally {
            running.set(false);
        }
    }

    /** Removes all entries of the cache, of this epoch too, without a pause. */
    void purge() {
        remove(Long.MAX_VALUE, false);
        executor.callAside(RedisCommand.unlink(List.of(
                space.epochKey(), space.leftoversKey(), space.historyKey(), space.reclaimerKey(), space.hotKeysKey())));
    }

    /** Removes the entries of this epoch and all earlier ones, without a pause. */
    void removeAll() {
        remove(Long.MAX_VALUE, false);
    }

    private void reclaim() {
        byte[] firstThatStays = take();
        while (firstThatStays != null) {
            if (!remove(Long.parseLong(new String(firstThatStays, US_ASCII)), true)) {
                return;
            }
            // If there was another clear meanwhile there is more to do.
            byte[] more = executor.callAside(RedisCommand.endReclaim(space, caller, firstThatStays));
            firstThatStays = more == null ? null : take();
        }
    }

    private byte @Nullable [] take() {
        return executor.callAside(RedisCommand.takeReclaim(space, caller, HOLD));
    }

    /** Returns whether everything was removed, and nobody else had to take over. */
    private boolean remove(long firstThatStays, boolean paced) {
        KeyScan batches = new KeyScan(executor, space.pattern());
        long takenNanos = clock.nanos();
        while (batches.hasNext()) {
            long beganNanos = clock.nanos();
            List<byte[]> old = batches.next().stream()
                    .filter(key -> space.isOfEpochBefore(key, firstThatStays))
                    .toList();
            if (!old.isEmpty()) {
                executor.callAside(RedisCommand.unlink(old));
            }
            if (paced) {
                long nowNanos = clock.nanos();
                LockSupport.parkNanos(Math.min(IDLE_SHARE * (nowNanos - beganNanos), PAUSE_MAX.toNanos()));
                if (nowNanos - takenNanos > HOLD.toNanos() / 4) {
                    takenNanos = nowNanos;
                    if (!Arrays.equals(RedisCommand.number(firstThatStays), take())) {
                        return false;
                    }
                }
            }
        }
        return true;
    }
}
