package io.github.tieredjcache.internal.remote.connection;

import java.util.concurrent.CompletableFuture;

/** Finds the server to connect to among several. Safe for use by many threads. */
interface MasterFinder {
    /** Queries for the current master, on each call anew; the future fails if no reply names one. */
    CompletableFuture<Master> master();

    /**
     * Queries for the current master as {@link #master} does, to detect that a known master was replaced. A minority
     * may decide, so only a newer master than the known one counts.
     */
    default CompletableFuture<Master> latest() {
        return master();
    }
}
