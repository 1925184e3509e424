/**
 * The interfaces of a tier of record, of its leases, and of the remote tier as the engine uses them.
 *
 * <p>Floor 1. It sees the model and coherence packages.
 */
@NullMarked
package io.github.tieredjcache.internal.port;

import org.jspecify.annotations.NullMarked;
