package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.support.NanoClock;

/** A lease of either kind that a {@link FakeRedis} holds, until it ends it or a renewal is refused. */
final class HeldLease {
    private final String key;
    private final long epoch;
    private final Object id;
    private final long lengthNanos;
    private final FillTicket ticket;
    private final NanoClock clock;
    private volatile long confirmedNanos;
    private volatile boolean ended;
    private volatile boolean overwritten;

    HeldLease(
            String key,
            long epoch,
            Object id,
            long lengthNanos,
            FillTicket ticket,
            NanoClock clock,
            long confirmedNanos) {
        this.key = key;
        this.epoch = epoch;
        this.id = id;
        this.lengthNanos = lengthNanos;
        this.ticket = ticket;
        this.clock = clock;
        this.confirmedNanos = confirmedNanos;
    }

    String key() {
        return key;
    }

    long epoch() {
        return epoch;
    }

    Object id() {
        return id;
    }

    long lengthNanos() {
        return lengthNanos;
    }

    FillTicket ticket() {
        return ticket;
    }

    boolean isCertainlyHeld() {
        return lengthNanos == Lifetime.ETERNAL || clock.nanos() - confirmedNanos < lengthNanos;
    }

    boolean isDue() {
        return clock.nanos() - confirmedNanos >= lengthNanos / 3;
    }

    boolean isOverwritten() {
        return overwritten;
    }

    void renewed(boolean applied, long sentNanos) {
        if (applied) {
            confirmedNanos = sentNanos;
        } else if (!ended) {
            overwritten = isCertainlyHeld();
            ended = true;
        }
    }

    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }
}
