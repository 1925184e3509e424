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
 * The user's expiry policy, with its results in nanoseconds and its failures contained.
 *
 * <p>The five policies of JCache always return the same, so they are called once. Any other policy is called exactly
 * when the specification says, because it may count or compute. If the policy throws, a new entry is eternal and an
 * existing one keeps its deadline.
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
     * @param jitter shortens its lifetimes for creation and update
     * @param clock throttles the log of its failures
     */
    public Expiry(String cacheName, ExpiryPolicy policy, Jitter jitter, NanoClock clock) {
        this.policy = policy;
        this.jitter = jitter;
        this.log = new ThrottledLog(System.getLogger("io.github.tieredjcache.expiry"), cacheName, clock);
        this.constant = CONSTANT_POLICIES.contains(policy.getClass());
        this.creationNanos = constant ? callPolicy(policy::getExpiryForCreation, Lifetime.ETERNAL) : 0;
        this.updateNanos = constant ? callPolicy(policy::getExpiryForUpdate, Lifetime.UNCHANGED) : 0;
        this.accessNanos = constant ? callPolicy(policy::getExpiryForAccess, Lifetime.UNCHANGED) : 0;
    }

    /** Returns whether the lifetimes are known without a call of user code. */
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
        return jitter.shortened(constant ? creationNanos : callPolicy(policy::getExpiryForCreation, Lifetime.ETERNAL));
    }

    /** Returns the lifetime of a replaced entry, or {@link Lifetime#UNCHANGED}. */
    public long updateNanos() {
        return jitter.shortened(constant ? updateNanos : callPolicy(policy::getExpiryForUpdate, Lifetime.UNCHANGED));
    }

    /** Returns the lifetime of an entry that was read, or {@link Lifetime#UNCHANGED}. */
    public long accessNanos() {
        return constant ? accessNanos : callPolicy(policy::getExpiryForAccess, Lifetime.UNCHANGED);
    }

    /** Returns the policy, with the lifetime of a new entry if it is known without a call of user code. */
    @Override
    public String toString() {
        if (isEternal()) {
            return "eternal";
        }
        String name = policy.getClass().getSimpleName();
        return constant
                ? name + " " + java.time.Duration.ofNanos(creationNanos)
                : policy.getClass().getName();
    }

    private static boolean isEternalOrUnchanged(long nanos) {
        return nanos == Lifetime.ETERNAL || nanos == Lifetime.UNCHANGED;
    }

    private long callPolicy(Supplier<@Nullable Duration> call, long fallback) {
        try {
            Duration duration = call.get();
            return duration == null ? fallback : nanos(duration);
        } catch (Exception e) {
            log.warn(
                    "the ExpiryPolicy " + policy.getClass().getName()
                            + " threw: a new entry is stored without an expiry, an existing entry keeps "
                            + "its expiry; fix the policy",
                    e);
            return fallback;
        }
    }

    private static long nanos(Duration duration) {
        return duration.isEternal() ? Lifetime.ETERNAL : duration.getTimeUnit().toNanos(duration.getDurationAmount());
    }
}
