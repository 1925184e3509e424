package io.github.tieredjcache.testkit;

import java.util.concurrent.TimeUnit;

/** Asks a replica to take the place of its master without loss, again and again until it has. */
final class FailoverRequest {
    /** A replica that is not elected gives up after five seconds. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(6);

    private final RedisServer replica;
    private long requestedNanos = System.nanoTime() - PATIENCE_NANOS;

    FailoverRequest(RedisServer replica) {
        this.replica = replica;
    }

    /** Returns whether it serves slots, and asks it once more if it is time for that. */
    boolean isFulfilled() {
        if (!ClusterNode.slots(replica).isEmpty()) {
            return true;
        }
        long nowNanos = System.nanoTime();
        if (nowNanos - requestedNanos >= PATIENCE_NANOS && isAccepted()) {
            requestedNanos = nowNanos;
        }
        return false;
    }

    /** Asks; a replica whose link to a master that was frozen is not up again refuses. */
    private boolean isAccepted() {
        return RedisInfo.isAccepted(() -> replica.command("CLUSTER", "FAILOVER"), "Master is down");
    }
}
