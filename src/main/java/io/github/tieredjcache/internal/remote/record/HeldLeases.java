package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.ExceptionTranslator;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The leases that one cache of this node holds in Redis: renewed as long as user code runs under them, but not for ever, so that
 * code which never ends holds up others for a bounded time.
 *
 * <p>One that is given back is given back: Redis is told until it has answered, or the lease has ended by itself. Safe for use by many
 * threads.
 */
final class HeldLeases {
    /** How many may be on their way back; what is beyond that is told once. */
    private static final int RETURNS_MAX = 10_000;

    private static final Duration CLOSE_WAIT = Duration.ofMillis(500);

    private final CommandExecutor executor;
    private final Set<HeldLease> held = ConcurrentHashMap.newKeySet();
    private final Set<Return> returns = ConcurrentHashMap.newKeySet();

    HeldLeases(CommandExecutor executor) {
        this.executor = executor;
    }

    CommandExecutor client() {
        return executor;
    }

    /**
     * Takes note of a lease that Redis gave.
     *
     * @param ownTicket the ticket that a renewal, which is announced as a change, leaves valid; null for none
     * @param sentNanos before it was asked for
     */
    HeldLease hold(
            EntryKey entryKey,
            LeaseKind kind,
            Version id,
            Duration length,
            @Nullable FillTicket ownTicket,
            long sentNanos) {
        HeldLease lease = new HeldLease(this, entryKey, kind, id, length, ownTicket, sentNanos);
        held.add(lease);
        return lease;
    }

    /** Renews the leases for which it is time; to be called several times in a lease's length. */
    void renew() {
        long nowNanos = executor.clock().nanos();
        held.removeIf(lease -> lease.isTooOldAt(nowNanos));
        held.forEach(lease -> lease.renewIfDue(nowNanos));
        returns.removeIf(each -> each.isOverAt(nowNanos));
        returns.forEach(Return::send);
    }

    /**
     * Gives a lease back; neither waits nor throws.
     *
     * @param release of a lease that Redis may have given
     * @param length of the lease
     */
    void giveBack(RedisCommand<?> release, Duration length) {
        Return one = new Return(release, executor.clock().nanos() + length.toNanos());
        if (returns.size() < RETURNS_MAX) {
            returns.add(one);
        }
        one.send();
    }

    /**
     * Gives back what this holds for calls that go on while the cache is closed, so that other nodes need not wait for them; but for
     * those that are about to change something, of which nobody else knows. Waits a bounded time until Redis has heard.
     */
    void close() {
        held.forEach(HeldLease::giveUpUnlessChanging);
        CompletableFuture<?>[] waits =
                returns.stream().map(each -> each.answered).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(waits).get(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // They end by themselves.
        }
    }

    /** Returns how many are held. */
    int count() {
        return held.size();
    }

    void end(HeldLease lease) {
        held.remove(lease);
    }

    /** A lease on its way back. */
    private final class Return {
        private final RedisCommand<?> release;
        private final long endNanos;
        private final AtomicBoolean sent = new AtomicBoolean();
        private final CompletableFuture<@Nullable Void> answered = new CompletableFuture<>();

        Return(RedisCommand<?> release, long endNanos) {
            this.release = release;
            this.endNanos = endNanos;
        }

        boolean isOverAt(long nowNanos) {
            return nowNanos - endNanos > 0;
        }

        void send() {
            if (sent.compareAndSet(false, true)) {
                executor.sendOwn(release, (answer, failure) -> {
                    if (failure == null
                            || (ExceptionTranslator.isRefusal(failure)
                                    && !ExceptionTranslator.isRedirection(failure))) {
                        returns.remove(this);
                        answered.complete(null);
                    }
                    sent.set(false);
                });
            }
        }
    }
}
