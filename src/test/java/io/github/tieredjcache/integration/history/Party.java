package io.github.tieredjcache.integration.history;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A node of a cache with a table that takes part in a history, in this process or in one of its own.
 *
 * @param <R> a round of the history
 * @param <T> what a node reports of a round
 */
interface Party<R, T> extends AutoCloseable {
    /** Begins a round; the result waits for its end. */
    Callable<T> begin(R round);

    /**
     * Returns what lookups of a round's keys return, null for nothing.
     *
     * @param loading whether the loader may be called; if not, the values are those of the cache
     */
    Map<String, @Nullable String> look(R round, boolean loading) throws IOException;

    @Override
    void close() throws IOException;
}
