package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The latest reply of a server to one query, for all users of a connection: they join the query while it is in flight,
 * and get its reply until that is too old. A failure is shared as a reply is. Safe for use by many threads.
 */
final class SharedReply<T> {
    private final NanoClock clock;
    private final long ageMaxNanos;
    // Both guarded by this.
    private @Nullable CompletableFuture<T> latest;
    private long sentNanos;

    /**
     * Creates it without a reply.
     *
     * @param ageMax how long after its query was sent a reply is used
     */
    SharedReply(NanoClock clock, Duration ageMax) {
        this.clock = clock;
        this.ageMaxNanos = ageMax.toNanos();
    }

    /**
     * Returns the reply to the latest query, which may be in flight.
     *
     * @param send sends a new query if the latest reply is too old; must not block
     */
    synchronized CompletableFuture<T> getOrSend(Supplier<CompletableFuture<T>> send) {
        long nowNanos = clock.nanos();
        CompletableFuture<T> known = latest;
        if (known == null || (known.isDone() && nowNanos - sentNanos >= ageMaxNanos)) {
            sentNanos = nowNanos;
            known = send.get();
            latest = known;
        }
        return known;
    }

    /** Has the next user send a new query, even if one is in flight. */
    synchronized void expire() {
        latest = null;
    }
}
