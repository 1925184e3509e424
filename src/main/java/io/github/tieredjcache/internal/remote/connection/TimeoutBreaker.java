package io.github.tieredjcache.internal.remote.connection;

import java.time.Duration;

/**
 * What one Redis is to all who wait equally long for its answers: who is patient is not told to go away because others are not.
 *
 * @param timeout how long they wait
 * @param gate whether they wait at all
 * @param log tells of its changes
 */
record TimeoutBreaker(Duration timeout, CircuitBreaker breaker, OutageLog log) {}
