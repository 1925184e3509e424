/**
 * The implementations of the interfaces of {@code javax.cache}.
 *
 * <p>Architecture: the facade checks arguments and forwards; the engine implements the operations, and the assembly chains the tiers
 * behind it. Only the package {@code spring} uses this one.
 */
@NullMarked
package io.github.tieredjcache.jcache;

import org.jspecify.annotations.NullMarked;
