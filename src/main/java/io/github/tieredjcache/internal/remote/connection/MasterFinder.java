package io.github.tieredjcache.internal.remote.connection;

import java.util.concurrent.CompletableFuture;

/** Those who know which of several servers is the one to connect to. Safe for use by many threads. */
interface MasterFinder {
    /** Asks anew which one is; fails if nobody knows. */
    CompletableFuture<Master> master();

    /**
     * As {@link #master}, to find out whether a known master was replaced. A minority may answer, so only a newer master than the known
     * one counts.
     */
    default CompletableFuture<Master> latest() {
        return master();
    }
}
