package io.github.tieredjcache.internal.engine.common;

import java.util.ArrayList;
import java.util.List;
import javax.cache.event.CacheEntryListenerException;
import org.jspecify.annotations.Nullable;

/** What is left to tell of changes that took effect: all of it is told, and then the first failure is thrown. */
public final class PendingNotifications {
    private final List<Runnable> tellings = new ArrayList<>();
    private @Nullable RuntimeException first;

    public void add(Runnable telling) {
        tellings.add(telling);
    }

    public void addAll(PendingNotifications others) {
        tellings.addAll(others.tellings);
    }

    /** Notes what failed before anything was told; null for nothing. */
    public void failed(@Nullable RuntimeException failure) {
        first = first == null ? failure : first;
    }

    /**
     * Tells everything, in order.
     *
     * @throws RuntimeException the first failure, if there was one
     */
    public void deliverAll() {
        for (Runnable telling : tellings) {
            try {
                telling.run();
            } catch (CacheEntryListenerException e) {
                failed(e);
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
