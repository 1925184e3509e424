package io.github.tieredjcache.internal.remote.connection;

import java.time.Duration;

/**
 * How long an attempt to connect may take, greeting included.
 *
 * <p>A server that accepts and says nothing is asked anew soon, since it may be a black hole that only this connection is in; but
 * the very first attempt and each fourth after a failure may take as long as is set: one that is always slow must be reached too.
 *
 * @param full what is set
 */
record ConnectTimeouts(Duration full) {
    private static final Duration BRIEF = Duration.ofSeconds(1);
    private static final int FULL_ONE_IN = 4;

    /**
     * Returns how long the next one may take.
     *
     * @param failures how many have failed since there was a connection, or since the beginning
     * @param never whether there has been none yet
     */
    Duration timeout(int failures, boolean never) {
        boolean patient = failures % FULL_ONE_IN == 0 && (failures > 0 || never);
        return patient || full.compareTo(BRIEF) < 0 ? full : BRIEF;
    }
}
