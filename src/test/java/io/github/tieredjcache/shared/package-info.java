/** Caches that several nodes share through one real Redis, driven through {@code javax.cache} alone. */
@NullMarked
package io.github.tieredjcache.shared;

import org.jspecify.annotations.NullMarked;
