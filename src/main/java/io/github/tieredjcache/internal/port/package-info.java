/**
 * What the engine asks of a tier of record, of its leases, and of the remote tier: interfaces, and the exceptions that cross them.
 *
 * <p>Floor 1. It sees the model and coherence packages.
 */
@NullMarked
package io.github.tieredjcache.internal.port;

import org.jspecify.annotations.NullMarked;
