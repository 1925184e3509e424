package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.model.Lifetime;
import java.util.concurrent.TimeUnit;

/**
 * How a {@link FakeRedis} leases and waits, and which checks it leaves out for a test of the tests.
 *
 * @param node the number of the node in versions
 * @param loadLeaseNanos the length of a load lease, {@link Lifetime#ETERNAL} for leases that do not end by time
 * @param writeLeaseNanos the length of a write lease
 * @param waitNanos how long a call waits for leases of others
 * @param expiresWithLease whether an entry whose write lease is lost is removed
 * @param listener receives the invalidations
 * @param trustsEpochs whether reads do not check that their epoch was current; false in the library
 * @param takesOverLoads whether load leases of other nodes are not respected; false in the library
 */
public record FakeTerms(
        long node,
        long loadLeaseNanos,
        long writeLeaseNanos,
        long waitNanos,
        boolean expiresWithLease,
        InvalidationListener listener,
        boolean trustsEpochs,
        boolean takesOverLoads) {
    /** Leases that do not end by time, for a clock that the test does not control. */
    static final FakeTerms WITHOUT_END = new FakeTerms(
            1,
            Lifetime.ETERNAL,
            Lifetime.ETERNAL,
            TimeUnit.SECONDS.toNanos(20),
            false,
            InvalidationListener.NONE,
            false,
            false);
}
