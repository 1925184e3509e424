package io.github.tieredjcache.internal.engine.common;

import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.port.Lease.Prepared;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What several changes of one entry, made one after another, come to.
 *
 * @param kind what is to be done
 * @param prepared what is to be stored or removed, else null
 * @param lifetimeNanos of what is stored or touched; {@link Lifetime#UNCHANGED} leaves the deadline that the entry has
 */
public record CoalescedChange<V>(Kind kind, @Nullable Prepared<V> prepared, long lifetimeNanos) {
    /** What is to be done. */
    enum Kind {
        NOTHING,
        TOUCH,
        STORE,
        REMOVE
    }

    static <V> CoalescedChange<V> nothing() {
        return new CoalescedChange<>(Kind.NOTHING, null, Lifetime.UNCHANGED);
    }

    /** Returns whether the entry is to be stored or removed. */
    boolean isStored() {
        return kind == Kind.STORE || kind == Kind.REMOVE;
    }

    /** Returns this and then an access that gives a lifetime. */
    public CoalescedChange<V> touched(long accessNanos) {
        if (accessNanos == Lifetime.UNCHANGED || kind == Kind.REMOVE) {
            return this;
        }
        if (kind == Kind.STORE) {
            return stored(Objects.requireNonNull(prepared), accessNanos);
        }
        return new CoalescedChange<>(Kind.TOUCH, null, accessNanos);
    }

    /** Returns this and then a removal. */
    public CoalescedChange<V> removed(Prepared<V> removal) {
        return new CoalescedChange<>(Kind.REMOVE, removal, Lifetime.UNCHANGED);
    }

    /** Returns this and then a value that is stored; one whose life is over before it begins ends the entry. */
    public CoalescedChange<V> stored(Prepared<V> newValue, long newLifetimeNanos) {
        if (newLifetimeNanos == Lifetime.ZERO) {
            return new CoalescedChange<>(Kind.REMOVE, newValue, Lifetime.ZERO);
        }
        boolean keepsDeadline = newLifetimeNanos == Lifetime.UNCHANGED;
        return new CoalescedChange<>(Kind.STORE, newValue, keepsDeadline ? lifetimeNanos : newLifetimeNanos);
    }
}
