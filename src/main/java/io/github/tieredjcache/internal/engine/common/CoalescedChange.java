package io.github.tieredjcache.internal.engine.common;

import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.port.Lease.Prepared;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sum of several changes of one entry, made one after another.
 *
 * @param kind the kind of the change
 * @param prepared the value to store, or the removal; else null
 * @param lifetimeNanos of the stored or touched entry; {@link Lifetime#UNCHANGED} keeps its deadline
 */
public record CoalescedChange<V>(Kind kind, @Nullable Prepared<V> prepared, long lifetimeNanos) {
    /** The kinds of changes. */
    enum Kind {
        NOTHING,
        TOUCH,
        STORE,
        REMOVE
    }

    static <V> CoalescedChange<V> nothing() {
        return new CoalescedChange<>(Kind.NOTHING, null, Lifetime.UNCHANGED);
    }

    /** Returns whether the change stores or removes the entry. */
    boolean isStored() {
        return kind == Kind.STORE || kind == Kind.REMOVE;
    }

    /** Returns this change followed by an access that gives a lifetime. */
    public CoalescedChange<V> touched(long accessNanos) {
        if (accessNanos == Lifetime.UNCHANGED || kind == Kind.REMOVE) {
            return this;
        }
        if (kind == Kind.STORE) {
            return stored(Objects.requireNonNull(prepared), accessNanos);
        }
        return new CoalescedChange<>(Kind.TOUCH, null, accessNanos);
    }

    /** Returns this change followed by a removal. */
    public CoalescedChange<V> removed(Prepared<V> removal) {
        return new CoalescedChange<>(Kind.REMOVE, removal, Lifetime.UNCHANGED);
    }

    /** Returns this change followed by the storing of a value; a lifetime of zero removes the entry. */
    public CoalescedChange<V> stored(Prepared<V> newValue, long newLifetimeNanos) {
        if (newLifetimeNanos == Lifetime.ZERO) {
            return new CoalescedChange<>(Kind.REMOVE, newValue, Lifetime.ZERO);
        }
        boolean keepsDeadline = newLifetimeNanos == Lifetime.UNCHANGED;
        return new CoalescedChange<>(Kind.STORE, newValue, keepsDeadline ? lifetimeNanos : newLifetimeNanos);
    }
}
