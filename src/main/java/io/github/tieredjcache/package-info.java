/**
 * What users of Tiered JCache type: configuration, settings and per-tier statistics.
 *
 * <p>The provider itself is found through {@code javax.cache.Caching.getCachingProvider()}. The ground of the house: it
 * sees nothing above it, and no library but {@code javax.cache}.
 */
@NullMarked
package io.github.tieredjcache;

import org.jspecify.annotations.NullMarked;
