package io.github.tieredjcache.integration.history;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Who takes part in a history of a cache that writes through. */
interface WritingParty extends AutoCloseable {
    /** Begins a round; the result is there some time after its end. */
    Callable<WrittenReport> begin(WrittenRound round);

    /**
     * Returns what lookups of a round's keys are answered, null for nothing.
     *
     * @param loading whether the loader may be asked; if not, what is answered comes from the cache
     */
    Map<String, @Nullable String> look(WrittenRound round, boolean loading) throws IOException;

    @Override
    void close() throws IOException;
}
