package io.github.tieredjcache.internal.model;

import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.util.Set;
import java.util.function.Supplier;
import javax.cache.expiry.AccessedExpiryPolicy;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.expiry.ModifiedExpiryPolicy;
import javax.cache.expiry.TouchedExpiryPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The user's expiry policy, with its answers in nanoseconds and its failures contained.
 *
 * <p>The five policies of JCache answer the same each time, so they are asked once. Any other is asked exactly when the
 * specification says, because it may count or compute. One that throws creates eternal entries and changes none.
 */
public final class Expiry {
    private static final Set<Class<?>> CONSTANT_POLICIES = Set.of(
            AccessedExpiryPolicy.class,
            CreatedExpiryPolicy.class,
            EternalExpiryPolicy.class,
            ModifiedExpiryPolicy.class,
            TouchedExpiryPolicy.class);

    private final ExpiryPolicy policy;
    private final Jitter jitter;
    private final ThrottledLog log;
    private final boolean constant;
    private final long creationNanos;
    private final long updateNanos;
    private final long accessNanos;

    /**
     * Wraps a policy.
     *
     * @param cacheName named in the log
     * @param policy the user's
     * @param jitter shortens what it gives on creation and update
     * @param clock what the log of its failures is throttled by
     */
    public Expiry(String cacheName, ExpiryPolicy policy, Jitter jitter, NanoClock clock) {
        this.policy = policy;
        this.jitter = jitter;
        this.log = new ThrottledLog(System.getLogger("io.github.tieredjcache.expiry"), cacheName, clock);
        this.constant = CONSTANT_POLICIES.contains(policy.getClass());
        this.creationNanos = constant ? ask(policy::getExpiryForCreation, Lifetime.ETERNAL) : 0;
        this.updateNanos = constant ? ask(policy::getExpiryForUpdate, Lifetime.UNCHANGED) : 0;
        this.accessNanos = constant ? ask(policy::getExpiryForAccess, Lifetime.UNCHANGED) : 0;
    }

    /** Returns whether the answers are known without asking the user's code. */
    public boolean isConstant() {
        return constant;
    }

    /** Returns whether an access can move a deadline. */
    public boolean mayTouch() {
        return !constant || accessNanos != Lifetime.UNCHANGED;
    }

    /** Returns whether no entry ever gets a deadline. */
    public boolean isEternal() {
        return constant
                && creationNanos == Lifetime.ETERNAL
                && isEternalOrUnchanged(updateNanos)
                && isEternalOrUnchanged(accessNanos);
    }

    /** Returns the lifetime of a new entry. */
    public long creationNanos() {
        return jitter.shortened(constant ? creationNanos : ask(policy::getExpiryForCreation, Lifetime.ETERNAL));
    }

    /** Returns the lifetime of a replaced entry, or {@link Lifetime#UNCHANGED}. */
    public long updateNanos() {
        return jitter.shortened(constant ? updateNanos : ask(policy::getExpiryForUpdate, Lifetime.UNCHANGED));
    }

    /** Returns the lifetime of an entry that was read, or {@link Lifetime#UNCHANGED}. */
    public long accessNanos() {
        return constant ? accessNanos : ask(policy::getExpiryForAccess, Lifetime.UNCHANGED);
    }

    private static boolean isEternalOrUnchanged(long nanos) {
        return nanos == Lifetime.ETERNAL || nanos == Lifetime.UNCHANGED;
    }

    private long ask(Supplier<@Nullable Duration> question, long otherwise) {
        try {
            Duration duration = question.get();
            return duration == null ? otherwise : nanos(duration);
        } catch (RuntimeException e) {
            log.warn(
                    "the ExpiryPolicy threw, so a new entry lives for ever and an old one keeps its end; look at the policy",
                    e);
            return otherwise;
        }
    }

    private static long nanos(Duration duration) {
        return duration.isEternal() ? Lifetime.ETERNAL : duration.getTimeUnit().toNanos(duration.getDurationAmount());
    }
}
