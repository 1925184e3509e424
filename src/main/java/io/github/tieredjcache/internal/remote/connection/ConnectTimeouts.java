package io.github.tieredjcache.internal.remote.connection;

import java.time.Duration;

/**
 * The timeout of an attempt to connect, handshake included.
 *
 * <p>A server that accepts a connection and sends nothing gets a new attempt soon, since the connection may be a black
 * hole that others are not. But the very first attempt and every fourth one after a failure get the full timeout: a
 * server that is always slow must be reachable, too.
 *
 * @param full the configured timeout
 */
record ConnectTimeouts(Duration full) {
    private static final Duration BRIEF = Duration.ofSeconds(1);
    private static final int FULL_ONE_IN = 4;

    /**
     * Returns the timeout of the next attempt.
     *
     * @param failures how many attempts have failed since the last connection, or since the start
     * @param neverConnected whether there has been no connection yet
     */
    Duration timeout(int failures, boolean neverConnected) {
        boolean isFull = failures % FULL_ONE_IN == 0 && (failures > 0 || neverConnected);
        return isFull || full.compareTo(BRIEF) < 0 ? full : BRIEF;
    }
}
