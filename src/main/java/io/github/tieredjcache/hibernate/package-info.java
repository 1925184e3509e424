/**
 * What Hibernate's second-level cache needs beyond a JCache provider.
 *
 * <p>On the roof beside {@code jcache}, which it does not see. It sees no class of Hibernate either: a configuration file names
 * its classes, and JCache calls them.
 */
@NullMarked
package io.github.tieredjcache.hibernate;

import org.jspecify.annotations.NullMarked;
