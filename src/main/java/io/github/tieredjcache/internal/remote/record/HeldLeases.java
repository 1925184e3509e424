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
 * The leases that one cache of this node holds in Redis. They are renewed while user code runs under them, but for a
 * bounded time, so that code which never returns blocks other nodes for a bounded time.
 *
 * <p>A release is sent again until Redis replies or the lease expires. Safe for use by many threads.
 */
final class HeldLeases implements HeldLease.Holder {
    /** The maximum number of releases without a reply; a release beyond that is sent once. */
    private static final int PENDING_RELEASES_MAX = 10_000;

    private static final Duration CLOSE_WAIT = Duration.ofMillis(500);

    private final CommandExecutor executor;
    private final Duration writeLease;
    private final Duration loadLease;
    private final Set<HeldLease> held = ConcurrentHashMap.newKeySet();
    private final Set<PendingRelease> pendingReleases = ConcurrentHashMap.newKeySet();

    /**
     * @param writeLease the length of a write lease
     * @param loadLease the length of a load lease
     */
    HeldLeases(CommandExecutor executor, Duration writeLease, Duration loadLease) {
        this.executor = executor;
        this.writeLease = writeLease;
        this.loadLease = loadLease;
    }

    @Override
    public CommandExecutor executor() {
        return executor;
    }

    @Override
    public Duration length(LeaseKind kind) {
        return kind == LeaseKind.WRITE ? writeLease : loadLease;
    }

    /**
     * Adds a lease that Redis granted.
     *
     * @param ownTicket the ticket that stays valid although Redis sends an invalidation for a renewal; null for none
     * @param sentNanos when the lease was requested, by the node's monotonic clock
     */
    HeldLease hold(EntryKey entryKey, LeaseKind kind, Version id, @Nullable FillTicket ownTicket, long sentNanos) {
        HeldLease lease = new HeldLease(this, entryKey, kind, id, ownTicket, sentNanos);
        held.add(lease);
        return lease;
    }

    /**
     * Renews the leases that are due, and sends pending releases again; to be called several times in a lease's length.
     */
    void renew() {
        long nowNanos = executor.clock().nanos();
        held.removeIf(lease -> lease.isTooOldAt(nowNanos));
        held.forEach(lease -> lease.renewIfDue(nowNanos));
        pendingReleases.removeIf(each -> each.isOverAt(nowNanos));
        pendingReleases.forEach(PendingRelease::send);
    }

    /**
     * Releases a lease; neither waits nor throws.
     *
     * @param release the command for a lease that Redis may have granted
     * @param kind the kind of the lease
     */
    @Override
    public void release(RedisCommand<?> release, LeaseKind kind) {
        PendingRelease pending = new PendingRelease(
                release, executor.clock().nanos() + length(kind).toNanos());
        if (pendingReleases.size() < PENDING_RELEASES_MAX) {
            pendingReleases.add(pending);
        }
        pending.send();
    }

    /**
     * Releases the leases of calls that still run while the cache is closed, so that other nodes need not wait for
     * them. A lease stays if its holder is about to change the entry or the source, because other nodes do not know of
     * that change yet. Waits a bounded time for the replies.
     */
    void close() {
        held.forEach(HeldLease::releaseUnlessChanging);
        CompletableFuture<?>[] confirmations =
                pendingReleases.stream().map(each -> each.confirmed).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(confirmations).get(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The leases expire.
        }
    }

    @Override
    public void end(HeldLease lease) {
        held.remove(lease);
    }

    /** A release without a reply yet. */
    private final class PendingRelease {
        private final RedisCommand<?> release;
        private final long endNanos;
        private final AtomicBoolean sent = new AtomicBoolean();
        private final CompletableFuture<@Nullable Void> confirmed = new CompletableFuture<>();

        PendingRelease(RedisCommand<?> release, long endNanos) {
            this.release = release;
            this.endNanos = endNanos;
        }

        boolean isOverAt(long nowNanos) {
            return nowNanos - endNanos > 0;
        }

        void send() {
            if (sent.compareAndSet(false, true)) {
                executor.sendReserved(release, (reply, failure) -> {
                    if (failure == null
                            || (ExceptionTranslator.isRefusal(failure)
                                    && !ExceptionTranslator.isRedirection(failure))) {
                        pendingReleases.remove(this);
                        confirmed.complete(null);
                    }
                    sent.set(false);
                });
            }
        }
    }
}
