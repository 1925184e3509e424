/**
 * What is known of the frameworks that use a cache: their classes, the hash codes of their keys, and Hibernate's regions.
 *
 * <p>Ground of the internal packages: it sees nothing of this project, and no class of a framework; it knows these
 * classes by name.
 */
@NullMarked
package io.github.tieredjcache.internal.framework;

import org.jspecify.annotations.NullMarked;
