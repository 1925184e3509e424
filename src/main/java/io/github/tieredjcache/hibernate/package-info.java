/**
 * The additions to a JCache provider that Hibernate's second-level cache needs.
 *
 * <p>Architecture: this package uses neither the package {@code jcache} nor a class of Hibernate. A configuration file
 * names its classes, and JCache calls them.
 */
@NullMarked
package io.github.tieredjcache.hibernate;

import org.jspecify.annotations.NullMarked;
