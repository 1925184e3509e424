/**
 * The connection to Redis and its life: supervisor, handshake, heartbeat, circuit breaker, retries, and the search for the master.
 *
 * <p>Floor 2, above the tracking and wire packages. {@code ConnectionSupervisor} owns the connection; {@code CommandExecutor} is the way to it.
 * Exceptions are translated once, in {@code ExceptionTranslator}, and no type of Lettuce leaves the remote packages.
 */
@NullMarked
package io.github.tieredjcache.internal.remote.connection;

import org.jspecify.annotations.NullMarked;
