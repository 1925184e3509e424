package io.github.tieredjcache.internal.support;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An object that is created when it is needed for the first time. Safe for use by many threads.
 *
 * <p>A subclass, not a lambda, creates it: to link a lambda, the JVM loads the class of its result.
 *
 * @param <T> the type of the object
 */
public abstract class Lazy<T> implements Supplier<T> {
    private volatile @Nullable T created;

    /** Creates the object; called once, unless it throws. */
    protected abstract T create();

    @Override
    public final T get() {
        T known = created;
        return known == null ? getOrCreate() : known;
    }

    /** Returns the object if it was needed already, else null. */
    public final @Nullable T ifCreated() {
        return created;
    }

    private synchronized T getOrCreate() {
        T known = created;
        if (known == null) {
            known = create();
            created = known;
        }
        return known;
    }
}
