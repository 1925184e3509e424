/**
 * The beans of caches and cache managers, and their registration.
 *
 * <p>Architecture: below the facade, above the assembly. Only this package and the package {@code management}, whose interfaces the
 * beans implement, use {@code javax.management}.
 */
@NullMarked
package io.github.tieredjcache.internal.jmx;

import org.jspecify.annotations.NullMarked;
