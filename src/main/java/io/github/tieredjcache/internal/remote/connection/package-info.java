/**
 * The connection to Redis and its lifecycle: supervisor, handshake, heartbeat, circuit breaker, retries, and the
 * discovery of the master.
 *
 * <p>Floor 2, above the tracking and wire packages. {@code ConnectionSupervisor} owns the connection; callers send
 * commands through {@code CommandExecutor}. {@code ExceptionTranslator} translates each exception once, and no type of
 * Lettuce leaves the remote packages.
 */
@NullMarked
package io.github.tieredjcache.internal.remote.connection;

import org.jspecify.annotations.NullMarked;
