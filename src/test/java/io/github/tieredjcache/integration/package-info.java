/** Caches that several nodes share through one real Redis, driven through {@code javax.cache} alone; here is what all themes use. */
@NullMarked
package io.github.tieredjcache.integration;

import org.jspecify.annotations.NullMarked;
