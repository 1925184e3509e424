/**
 * The serialization of object graphs: the only package that sees Kryo.
 *
 * <p>Floor 1, above the codec's api package. Bytes from outside end in a value or in one checked exception, within time and memory bounded by
 * their length (see {@code Budget}); no class is loaded that the rules of the cache do not name.
 */
@NullMarked
package io.github.tieredjcache.internal.codec.graph;

import org.jspecify.annotations.NullMarked;
