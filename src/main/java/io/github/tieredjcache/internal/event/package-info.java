/**
 * Events: the listeners of a cache, and the delivery of its changes to them.
 *
 * <p>Floor 2. It sees floor 1 and not its neighbours. Listeners are user code: synchronous ones run on the thread that
 * made the change, after it took effect, under no lock.
 */
@NullMarked
package io.github.tieredjcache.internal.event;

import org.jspecify.annotations.NullMarked;
