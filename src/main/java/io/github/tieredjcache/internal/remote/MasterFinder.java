package io.github.tieredjcache.internal.remote;

import java.util.concurrent.CompletableFuture;

/** Those who know which of several servers is the one to connect to. Safe for use by many threads. */
interface MasterFinder {
    /** Asks anew which one is; fails if nobody knows. */
    CompletableFuture<Master> master();
}
