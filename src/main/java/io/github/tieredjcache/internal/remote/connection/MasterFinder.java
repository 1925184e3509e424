package io.github.tieredjcache.internal.remote.connection;

import java.util.concurrent.CompletableFuture;

/** Finds the server to connect to among several. Safe for use by many threads. */
interface MasterFinder {
    /**
     * Queries for the current master; the future fails if no reply names one.
     *
     * @param again whether the attempt before has failed; then a reply may be somewhat older
     */
    CompletableFuture<Master> master(boolean again);

    /**
     * Queries for the current master as {@link #master} does, to detect that a known master was replaced. A minority
     * may decide, so only a newer master than the known one counts.
     */
    default CompletableFuture<Master> latest() {
        return master(false);
    }
}
