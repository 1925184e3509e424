/**
 * The source tier: the user's {@code CacheLoader} and {@code CacheWriter}, with their failures translated.
 *
 * <p>Floor 2. It sees floor 1 and not its neighbours. User code runs here, on the caller's thread.
 */
@NullMarked
package io.github.tieredjcache.internal.source;

import org.jspecify.annotations.NullMarked;
