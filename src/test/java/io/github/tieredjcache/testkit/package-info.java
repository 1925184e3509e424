/**
 * A real Redis for tests and examples, and what can be asked of it.
 *
 * <p>{@link io.github.tieredjcache.testkit.RedisServer} finds or starts a Redis with nothing installed;
 * {@link io.github.tieredjcache.testkit.CommandCounts} says which commands it executed, and
 * {@link io.github.tieredjcache.testkit.FaultProxy} is a bad network in front of it;
 * {@link io.github.tieredjcache.testkit.RedisFailover} is a master with a replica that takes over. The package is part of the
 * project's {@code tests} jar, so that applications can test against the same servers. It needs neither a test framework
 * nor a Redis client, and it knows nothing of the cache: the raw commands that it sends over a plain socket are a second
 * opinion on what the library stored.
 */
@NullMarked
package io.github.tieredjcache.testkit;

import org.jspecify.annotations.NullMarked;
