package io.github.tieredjcache.internal.remote.connection;

import java.time.Duration;

/**
 * The circuit breaker of all callers with the same command timeout: a caller with a long timeout may still wait when
 * callers with shorter ones do not.
 *
 * @param timeout the command timeout
 * @param circuit decides whether these callers wait for Redis
 * @param log logs the outages that these callers see
 */
record TimeoutBreaker(Duration timeout, CircuitBreaker circuit, OutageLog log) {}
